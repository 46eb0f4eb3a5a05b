package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/internal/webhook"
)

// A received is a request that a backend got.
type received struct {
	path   string
	header http.Header
	body   []byte
}

// A backend is that of a tenant with one webhook.
type backend struct {
	*dbtest.Database
	t        *testing.T
	tenant   *db.Tenant
	hook     *db.Webhook
	secret   string
	received chan received
}

// start starts a backend that answers with answer, and a sender. It stops both at the end of the test.
func start(t *testing.T, answer http.HandlerFunc) *backend {
	t.Helper()
	b := &backend{Database: dbtest.New(t), t: t, received: make(chan received, 100)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		b.received <- received{r.URL.Path, r.Header, body}
		answer(w, r)
	}))
	b.tenant = b.Tenant(t, "Shop")
	b.add(server.URL + "/hooks")
	t.Cleanup(server.Close)
	b.run(webhook.New(b.DB, true, slog.New(slog.DiscardHandler)))
	return b
}

func (b *backend) add(url string) {
	b.t.Helper()
	var err error
	b.hook, b.secret, err = b.DB.AddWebhook(b.t.Context(), db.Operator(b.tenant.Key), url, db.WebhookEvents)
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *backend) run(s *webhook.Sender) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	b.t.Cleanup(func() { stop(); <-done })
}

// happen causes the event tenant.suspended.
func (b *backend) happen() {
	b.t.Helper()
	for _, act := range []func(context.Context, db.Seat) (*db.Tenant, error){b.DB.Suspend, b.DB.Resume} {
		if _, err := act(b.t.Context(), db.Operator(b.tenant.Key)); err != nil {
			b.t.Fatal(err)
		}
	}
}

// log waits until the newest delivery meets a condition, and returns it.
func (b *backend) log(until func(*db.Delivery) bool) *db.Delivery {
	b.t.Helper()
	for {
		list, err := b.DB.Deliveries(b.t.Context(), b.tenant.Key, b.hook.ID, 1)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(list) == 1 && until(list[0]) {
			return list[0]
		}
		select {
		case <-b.t.Context().Done():
			b.t.Fatal("the test ended")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func ended(v *db.Delivery) bool { return v.NextAt == nil }

// attempted reports whether an attempt was answered.
func attempted(v *db.Delivery) bool { return v.Status != nil }

// The signature is the one of the specification.
func TestDeliveryIsSigned(t *testing.T) {
	b := start(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	first := b.secret
	b.happen()
	got := <-b.received
	id, timestamp := got.header.Get("webhook-id"), got.header.Get("webhook-timestamp")
	sign := func(secret string) string {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) != 32 {
			t.Fatalf("the secret %q: %v", secret, err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp + "." + string(got.body)))
		return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	if want := sign(first); got.header.Get("webhook-signature") != want || got.header.Get("Content-Type") != "application/json" || got.path != "/hooks" {
		t.Errorf("got %+v, want the signature %s", got, want)
	}
	var payload struct {
		Type      string
		Timestamp time.Time
		Data      map[string]any
	}
	if err := json.Unmarshal(got.body, &payload); err != nil || payload.Type != "tenant.suspended" || payload.Data["tenant"] != b.tenant.Key || payload.Timestamp.IsZero() {
		t.Errorf("payload %s: %v", got.body, err)
	}
	if v := b.log(ended); v.ID.String() != id || v.Attempts != 1 || *v.Status != http.StatusNoContent || v.Event != "tenant.suspended" {
		t.Errorf("the log has %+v", v)
	}

	_, second, err := b.DB.RotateWebhookSecret(t.Context(), db.Operator(b.tenant.Key), b.hook.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.happen()
	got = <-b.received
	id, timestamp = got.header.Get("webhook-id"), got.header.Get("webhook-timestamp")
	if want := sign(second) + " " + sign(first); got.header.Get("webhook-signature") != want {
		t.Errorf("after a rotation, signed %s, want %s", got.header.Get("webhook-signature"), want)
	}
}

func TestFailedAttemptIsRepeated(t *testing.T) {
	answers := make(chan int, 2)
	answers <- http.StatusInternalServerError
	answers <- http.StatusOK
	b := start(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(<-answers) })
	b.happen()
	first := <-b.received
	b.log(attempted)
	b.Exec(t, `UPDATE webhook_deliveries SET next_at = now() WHERE attempts = 1`)
	second := <-b.received
	if first.header.Get("webhook-id") != second.header.Get("webhook-id") || string(first.body) != string(second.body) {
		t.Errorf("sent %s %s, then %s %s", first.header.Get("webhook-id"), first.body, second.header.Get("webhook-id"), second.body)
	}
	if v := b.log(ended); v.Attempts != 2 || *v.Status != http.StatusOK {
		t.Errorf("the log has %+v", v)
	}
}

// A redirect is a failure: it could lead to an address of ours.
func TestRedirectIsNotFollowed(t *testing.T) {
	b := start(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	b.happen()
	<-b.received
	if v := b.log(attempted); *v.Status != http.StatusTemporaryRedirect || v.NextAt == nil {
		t.Errorf("the log has %+v", v)
	}
	for range len(b.received) { // attempts that were repeated
		if r := <-b.received; r.path != "/hooks" {
			t.Errorf("sent to %s", r.path)
		}
	}
}

// Only the status of an answer is read, even if its body never ends.
func TestAnswerIsNotRead(t *testing.T) {
	cut := make(chan struct{})
	b := start(t, func(w http.ResponseWriter, _ *http.Request) {
		defer close(cut)
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	b.happen()
	<-b.received
	if v := b.log(ended); *v.Status != http.StatusOK {
		t.Errorf("the log has %+v", v)
	}
	<-cut
}

// A backend that does not answer does not delay other webhooks, and delays its own deliveries only by the time limit.
func TestSlowBackendDelaysNobody(t *testing.T) {
	release := make(chan struct{})
	b := start(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
	})
	t.Cleanup(func() { close(release) })
	quick := *b
	slow := &quick
	slow.tenant = b.Tenant(t, "Slow")
	slow.add(strings.Replace(b.hook.URL, "/hooks", "/slow", 1))
	for range 5 {
		slow.happen()
	}
	if got := <-b.received; got.path != "/slow" {
		t.Fatalf("sent to %s", got.path)
	}
	b.happen()
	if got := <-b.received; got.path != "/hooks" {
		t.Errorf("sent to %s", got.path)
	}
	b.log(ended)
}

func TestNoAnswer(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hang) })
	for name, c := range map[string]struct {
		url         string
		development bool
	}{
		"a backend that hangs":               {server.URL, true},
		"this computer, in production":       {server.URL, false},
		"an address of our network":          {"https://10.0.0.1/", true},
		"the metadata of a cloud":            {"http://169.254.169.254/latest", true},
		"a name without an address":          {"https://nothing.invalid/", false},
		"a URL that somebody put in the row": {"://", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &backend{Database: dbtest.New(t), t: t}
			b.tenant = b.Tenant(t, "Shop")
			b.add(c.url)
			b.happen()
			var logged strings.Builder
			s := webhook.NewWithTimeout(b.DB, c.development, slog.New(slog.NewTextHandler(&logged, nil)), 50*time.Millisecond)
			if due := s.Once(t.Context()); due != 1 {
				t.Fatalf("%d attempts", due)
			}
			if v := b.log(func(*db.Delivery) bool { return true }); v.Status != nil || v.Attempts != 1 || v.NextAt == nil {
				t.Errorf("the log has %+v", v)
			}
			if !strings.Contains(logged.String(), "no answer to a webhook") || strings.Contains(logged.String(), c.url) {
				t.Errorf("the operator's log has %s", &logged)
			}
		})
	}
}

func TestCheckURL(t *testing.T) {
	for url, want := range map[string]struct{ live, development bool }{
		"https://shop.example/hooks?x=1":       {true, true},
		"https://shop.example:8443":            {true, true},
		"http://shop.example/hooks":            {false, false},
		"http://localhost:3000/hooks":          {false, true},
		"http://127.0.0.1:3000/hooks":          {false, true},
		"http://shop.localhost/hooks":          {false, true},
		"https://10.0.0.1/hooks":               {false, false},
		"https://[fd00::1]/hooks":              {false, false},
		"https://joe:pw@shop.example":          {false, false},
		"https://shop.example/#x":              {false, false},
		"ftp://localhost/":                     {false, false},
		"https:shop.example":                   {false, false},
		"https:///hooks":                       {false, false},
		"":                                     {false, false},
		"https://shop.example/\xff":            {false, false},
		"https://" + strings.Repeat("a", 2000): {false, false},
	} {
		for development, ok := range map[bool]bool{false: want.live, true: want.development} {
			err := webhook.CheckURL(url, development)
			if (err == nil) != ok || err != nil && !db.IsCode(err, db.CodeInvalid) {
				t.Errorf("%q, in development %v: %v", url, development, err)
			}
		}
	}
}
