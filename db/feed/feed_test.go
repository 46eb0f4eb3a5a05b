package feed

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func change(kind Kind) Change {
	return Change{Kind: kind, ID: uuid.New(), TenantKey: "t_" + strings.Repeat("x", 40), UserID: uuid.New()}
}

func TestChangesSurviveEncoding(t *testing.T) {
	var sent []Change
	for kind := range kindLetters {
		sent = append(sent, change(kind))
	}
	sent = append(sent, Change{Kind: Missed})
	for range 500 {
		sent = append(sent, change(Updated))
	}
	payloads := encode(sent)
	var received []*Change
	for _, b := range payloads {
		if len(b) >= 8000 {
			t.Errorf("%d bytes in one notification", len(b))
		}
		changes, err := decode(string(b))
		if err != nil {
			t.Fatal(err)
		}
		received = append(received, changes...)
	}
	if len(received) != len(sent) || len(payloads) > 8 {
		t.Fatalf("of %d changes %d were received, in %d notifications", len(sent), len(received), len(payloads))
	}
	for i, c := range received {
		if *c != sent[i] {
			t.Errorf("%+v became %+v", sent[i], *c)
		}
	}
	whole := string(payloads[0])
	for name, garbage := range map[string]string{
		"cut short": whole[:len(whole)-1], "another letter": "?" + whole[1:], "no base64": whole[:1] + "!" + whole[2:], "a line": "u\n", "nothing but a line": "\n",
	} {
		if changes, err := decode(garbage); err == nil {
			t.Errorf("%s: %v", name, changes)
		}
	}
}

// recorder receives what a notifier sends.
type recorder struct {
	sent  chan string
	fails int
}

func (r *recorder) notify(_ context.Context, payloads [][]byte) error {
	r.sent <- string(bytes.Join(payloads, nil))
	if r.fails > 0 {
		r.fails--
		return errors.New("the database is away")
	}
	return nil
}

func TestChangesAreSentInOrderAndTogether(t *testing.T) {
	r := &recorder{sent: make(chan string)}
	n := &notifier{notify: r.notify}
	first, second, third := change(Created), change(Updated), change(Trashed)
	n.announce(first)
	n.announce(second)
	want := string(second.appendTo(first.appendTo(nil)))
	// An announcement during a send waits for it.
	n.mu.Lock()
	waiting := n.timer
	n.mu.Unlock()
	if got := <-r.sent; got != want {
		t.Errorf("sent %q, not %q", got, want)
	}
	n.announce(third)
	if got := <-r.sent; got != string(third.appendTo(nil)) {
		t.Errorf("then sent %q", got)
	}
	if waiting == nil {
		t.Error("nothing was scheduled")
	}
}

func TestAFailureIsSentAsMissed(t *testing.T) {
	missed := Change{Kind: Missed}
	r := &recorder{sent: make(chan string), fails: 1}
	n := &notifier{notify: r.notify}
	n.announce(change(Created))
	<-r.sent
	if got := <-r.sent; got != string(missed.appendTo(nil)) {
		t.Errorf("after the failure %q was sent", got)
	}
}

func TestAFullQueueIsSentAsMissed(t *testing.T) {
	n := &notifier{closed: true} // closed, so that it schedules nothing
	for range maxQueued + 5 {
		n.announce(change(Created))
	}
	if len(n.queued) > maxQueued || n.queued[0] != (Change{Kind: Missed}) {
		t.Errorf("%d are queued, the first is %+v", len(n.queued), n.queued[0])
	}
}

func TestAWatchReceivesItsOwnersChanges(t *testing.T) {
	f := New(nil)
	alice, bob := uuid.New(), uuid.New()
	if _, err := f.Watch(alice, "", uuid.New()); !errors.Is(err, ErrNotFollowing) {
		t.Errorf("a watch before the feed follows: %v", err)
	}
	f.watches.setFollowing(true)
	watch := func(user uuid.UUID, tenant string) *Watch {
		w, err := f.Watch(user, tenant, uuid.New())
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	atShop, atPaper, account, stranger := watch(alice, "t_shop"), watch(alice, "t_paper"), watch(alice, ""), watch(bob, "t_shop")
	send := func(c Change) (received int) {
		f.watches.send(&c)
		for i, w := range []*Watch{atShop, atPaper, account, stranger} {
			select {
			case _, more := <-w.C:
				if more {
					received |= 1 << i
				} else {
					received |= 16 << i
				}
			default:
			}
		}
		return received
	}
	for _, c := range []struct {
		name     string
		change   Change
		received int
	}{
		{"a note at the shop", Change{Kind: Created, TenantKey: "t_shop", UserID: alice}, 1 | 4},
		{"a note at the paper", Change{Kind: Created, TenantKey: "t_paper", UserID: alice}, 2 | 4},
		{"somebody else's", Change{Kind: Created, TenantKey: "t_shop", UserID: uuid.New()}, 0},
		{"a merge at the shop", Change{Kind: Missed, TenantKey: "t_shop", UserID: alice}, 16 | 64},
		{"all of it", Change{Kind: Missed}, 16 | 32 | 64 | 128},
	} {
		if received := send(c.change); received != c.received {
			t.Errorf("%s: %b received it, not %b", c.name, received, c.received)
		}
	}
	if n := f.Watches(); n != 0 {
		t.Errorf("%d watches are left", n)
	}
}
