package db

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func change(kind ChangeKind) Change {
	return Change{Kind: kind, ID: newID(), TenantKey: "t_" + strings.Repeat("x", 40), user: newID()}
}

func TestAChangeIsUnderstoodOnAnotherNode(t *testing.T) {
	var told []Change
	for kind := range kindLetters {
		told = append(told, change(kind))
	}
	told = append(told, Change{Kind: unsaid})
	for range 500 {
		told = append(told, change(Updated))
	}
	bundles := bundle(told)
	var understood []*Change
	for _, b := range bundles {
		if len(b) >= 8000 {
			t.Errorf("%d bytes in one notification", len(b))
		}
		parsed, err := parseChanges(string(b))
		if err != nil {
			t.Fatal(err)
		}
		understood = append(understood, parsed...)
	}
	if len(understood) != len(told) || len(bundles) > 8 {
		t.Fatalf("of %d changes %d were understood, in %d notifications", len(told), len(understood), len(bundles))
	}
	for i, c := range understood {
		if *c != told[i] {
			t.Errorf("%+v became %+v", told[i], *c)
		}
	}
	whole := string(bundles[0])
	for name, garbage := range map[string]string{
		"cut short": whole[:len(whole)-1], "another letter": "?" + whole[1:], "no base64": whole[:1] + "!" + whole[2:], "a line": "u\n", "nothing but a line": "\n",
	} {
		if parsed, err := parseChanges(garbage); err == nil {
			t.Errorf("%s: %v", name, parsed)
		}
	}
}

// teller is where a herald sends to.
type teller struct {
	told  chan string
	fails int
}

func (r *teller) tell(_ context.Context, told [][]byte) error {
	r.told <- string(bytes.Join(told, nil))
	if r.fails > 0 {
		r.fails--
		return errors.New("the database is away")
	}
	return nil
}

func TestChangesAreToldInOrderAndTogether(t *testing.T) {
	r := &teller{told: make(chan string)}
	h := &herald{tell: r.tell}
	first, second, third := change(Created), change(Updated), change(Trashed)
	h.announce(first)
	h.announce(second)
	want := string(second.appendTo(first.appendTo(nil)))
	// While they are on their way, another comes: it waits for them.
	h.mu.Lock()
	waiting := h.timer
	h.mu.Unlock()
	if got := <-r.told; got != want {
		t.Errorf("told %q, not %q", got, want)
	}
	h.announce(third)
	if got := <-r.told; got != string(third.appendTo(nil)) {
		t.Errorf("then told %q", got)
	}
	if waiting == nil {
		t.Error("nothing was planned")
	}
}

func TestWhatCouldNotBeToldIsMadeUpFor(t *testing.T) {
	everybody := Change{Kind: unsaid}
	r := &teller{told: make(chan string), fails: 1}
	h := &herald{tell: r.tell}
	h.announce(change(Created))
	<-r.told
	if got := <-r.told; got != string(everybody.appendTo(nil)) {
		t.Errorf("at last it told %q", got)
	}
}

func TestAFloodIsToldOfInOneWord(t *testing.T) {
	h := &herald{ended: true} // nothing is planned
	for range heraldQueue + 5 {
		h.announce(change(Created))
	}
	if len(h.queued) > heraldQueue || h.queued[0] != (Change{Kind: unsaid}) {
		t.Errorf("%d are queued, the first is %+v", len(h.queued), h.queued[0])
	}
}

// What a watch is told of is its owner's: the hub's part of it, without any database.
func TestAWatchIsToldOfItsOwnersChanges(t *testing.T) {
	d := &DB{}
	d.watches.hear(true)
	alice, bob := newID(), newID()
	watch := func(user uuid.UUID, tenant string) *Watch {
		s := &Session{ID: newID(), UserID: user}
		s.owner = Owner{presented: "x", userID: user, tenantKey: tenant, aead: newAEAD(make([]byte, KeySize))}
		w, err := d.Watch(s)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	atShop, atPaper, account, stranger := watch(alice, "t_shop"), watch(alice, "t_paper"), watch(alice, ""), watch(bob, "t_shop")
	tell := func(c Change) (told int) {
		d.watches.tell(&c)
		for i, w := range []*Watch{atShop, atPaper, account, stranger} {
			select {
			case _, more := <-w.C:
				if more {
					told |= 1 << i
				} else {
					told |= 16 << i
				}
			default:
			}
		}
		return told
	}
	for _, c := range []struct {
		name   string
		change Change
		told   int
	}{
		{"a note at the shop", Change{Kind: Created, TenantKey: "t_shop", user: alice}, 1 | 4},
		{"a note at the paper", Change{Kind: Created, TenantKey: "t_paper", user: alice}, 2 | 4},
		{"somebody else's", Change{Kind: Created, TenantKey: "t_shop", user: newID()}, 0},
		{"a merge at the shop", Change{Kind: unsaid, TenantKey: "t_shop", user: alice}, 16 | 64},
		{"all of it", Change{Kind: unsaid}, 16 | 32 | 64 | 128},
	} {
		if told := tell(c.change); told != c.told {
			t.Errorf("of %s %b were told, not %b", c.name, told, c.told)
		}
	}
	if n := d.Watches(); n != 0 {
		t.Errorf("%d watch on", n)
	}
}
