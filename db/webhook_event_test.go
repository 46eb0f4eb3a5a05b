package db_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// addWebhook adds a webhook for the events, or for all.
func addWebhook(t *testing.T, d *dbtest.Database, tenant *db.Tenant, events ...string) *db.Webhook {
	t.Helper()
	if events == nil {
		events = db.WebhookEvents
	}
	w, _, err := d.DB.AddWebhook(t.Context(), db.Operator(tenant.Key), "https://shop.example/hooks", events)
	must(t, err)
	return w
}

// deliverAll takes all deliveries that are due, reports them as delivered, and returns them.
func deliverAll(t *testing.T, d *dbtest.Database) (all []*db.DueDelivery) {
	t.Helper()
	for {
		due, err := d.DB.TakeDueDeliveries(t.Context(), 100, 100, nil)
		must(t, err)
		if len(due) == 0 {
			return all
		}
		for _, v := range due {
			must(t, d.DB.DeliveryAttempted(t.Context(), v, 204, 0))
		}
		all = append(all, due...)
	}
}

// deliveredEvents returns what deliverAll delivers, as event and data.
func deliveredEvents(t *testing.T, d *dbtest.Database) (list []string) {
	t.Helper()
	for _, v := range deliverAll(t, d) {
		var p struct {
			Type      string
			Timestamp time.Time
			Data      json.RawMessage
		}
		if err := json.Unmarshal(v.Payload, &p); err != nil || time.Since(p.Timestamp).Abs() > time.Hour {
			t.Errorf("payload %s: %v", v.Payload, err)
		}
		list = append(list, p.Type+" "+string(p.Data))
	}
	slices.Sort(list)
	return list
}

func TestWebhooksReceiveEvents(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	addWebhook(t, d, shop)
	of := func(event string) string { return event + ` {"subject":"` + joe.ID + `","tenant":"` + shop.Key + `"}` }
	key := d.ServerKey(t, shop)
	seat, err := key.Seat(shop.Key, "192.0.2.1")
	must(t, err)
	alice := d.Person(t, "Alice")
	link := func(p *dbtest.Person) func() error { return func() error { return linkSubject(t, d, p, shop, joe) } }
	unlink := func() error {
		list, err := d.DB.Identities(t.Context(), alice.ID)
		must(t, err)
		return d.DB.Unlink(t.Context(), alice.Account, list[0].ID)
	}
	vouch := func() error { _, err := signInVouched(t, d, shop, joe); return err }
	erase := func() error { return d.DB.EraseSubject(t.Context(), seat, joe.ID) }
	for _, act := range []struct {
		what string
		do   func() error
		want []string
	}{
		{"linking at another tenant", func() error { return linkSubject(t, d, alice, paper, joe) }, nil},
		{"a first link", link(alice), []string{of("identity.linked")}},
		{"the same link", link(alice), nil},
		{"unlinking", unlink, []string{of("identity.unlinked")}},
		{"another link", link(alice), []string{of("identity.linked")}},
		{"erasing a link", erase, []string{of("identity.erased")}},
		{"erasing nothing", erase, nil},
		{"a vouched account", vouch, nil},
		{"merging it", link(alice), []string{of("identity.linked")}},
		{"deleting the account", func() error { return d.DB.DeleteAccount(t.Context(), alice.Account) }, []string{of("identity.unlinked")}},
		{"a vouched account again", vouch, nil},
		{"erasing it", erase, []string{of("identity.erased")}},
		{"suspending", func() error { _, err := d.DB.Suspend(t.Context(), db.Operator(shop.Key)); return err }, []string{`tenant.suspended {"tenant":"` + shop.Key + `"}`}},
		{"suspending again", func() error { _, err := d.DB.Suspend(t.Context(), db.Operator(shop.Key)); return err }, nil},
	} {
		must(t, act.do())
		if got := deliveredEvents(t, d); !slices.Equal(got, act.want) {
			t.Errorf("%s: got %q, want %q", act.what, got, act.want)
		}
	}
}

// Tenants that compare what they receive cannot find that their visitors were one person, who has deleted the account: each delivery has
// a time of its own, in its id and payload too, and is not listed before.
func TestTenantsLearnOfADeletedAccountAtDifferentTimes(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice := d.Person(t, "Alice")
	hooks := map[*db.Tenant]*db.Webhook{}
	for _, tenant := range []*db.Tenant{shop, paper} {
		hooks[tenant] = addWebhook(t, d, tenant, "identity.unlinked")
		must(t, linkSubject(t, d, alice, tenant, joe))
	}
	must(t, d.DB.DeleteAccount(t.Context(), alice.Account))
	var times []time.Time
	for tenant, hook := range hooks {
		if list, err := d.DB.Deliveries(t.Context(), tenant.Key, hook.ID, 10); err != nil || len(list) != 0 {
			t.Errorf("listed at once: %v, %v", list, err)
		}
		var id uuid.UUID
		var at time.Time
		must(t, d.Connect(t, d.Superuser()).QueryRow(t.Context(), `SELECT id, next_at FROM webhook_deliveries WHERE webhook_id = $1 AND created_at = next_at`, hook.ID).Scan(&id, &at))
		if _, err := d.DB.Redeliver(t.Context(), db.Operator(tenant.Key), id); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("sent again before it is due: %v", err)
		}
		if seconds, _ := id.Time().UnixTime(); at.Unix()-seconds > 60 || seconds-at.Unix() > 60 {
			t.Errorf("due at %s, with an id of %d", at, seconds)
		}
		times = append(times, at)
	}
	if times[0].Sub(times[1]).Abs() < 100*time.Millisecond {
		t.Errorf("due at %s and %s", times[0], times[1])
	}
	d.Exec(t, `UPDATE webhook_deliveries SET created_at = created_at - interval '1 day', next_at = next_at - interval '1 day'`)
	if due := deliverAll(t, d); len(due) != 2 {
		t.Errorf("a day later, %d are due", len(due))
	}
}

func TestWebhookReceivesOnlyItsEvents(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	first, second := addWebhook(t, d, shop, "identity.linked"), addWebhook(t, d, shop, "identity.linked", "tenant.suspended")
	addWebhook(t, d, shop, "tenant.suspended")
	must(t, linkSubject(t, d, d.Person(t, "Alice"), shop, joe))
	var to []uuid.UUID
	for _, v := range deliverAll(t, d) {
		to = append(to, v.WebhookID)
	}
	slices.SortFunc(to, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if !slices.Equal(to, []uuid.UUID{first.ID, second.ID}) {
		t.Errorf("got %v", to)
	}
}

// An event that is rolled back is not queued.
func TestRolledBackEventIsNotQueued(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	addWebhook(t, d, shop)
	alice := d.Person(t, "Alice")
	d.Exec(t, `REVOKE INSERT ON audit_events FROM aside_auth`) // each act ends with an entry in the log
	if _, err := d.DB.Suspend(t.Context(), db.Operator(shop.Key)); err == nil {
		t.Error("suspended")
	}
	if err := linkSubject(t, d, alice, shop, joe); err == nil {
		t.Error("linked")
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM webhook_deliveries`); n != 0 {
		t.Errorf("%d deliveries", n)
	}
	d.Exec(t, `GRANT INSERT ON audit_events TO aside_auth`)
	if _, err := d.DB.Suspend(t.Context(), db.Operator(shop.Key)); err != nil || len(deliveredEvents(t, d)) != 1 {
		t.Errorf("not delivered: %v", err)
	}
}

// Each webhook receives a month's usage once, after the month has ended.
func TestClosedMonthIsSentOnce(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	w := addWebhook(t, d, shop)
	must(t, d.DB.Sweep(t.Context()))
	if got := deliveredEvents(t, d); got != nil {
		t.Errorf("at first: %q", got)
	}
	d.Exec(t, `INSERT INTO usage_periods (tenant_key, period, active_users, operations, notes) VALUES ($1, '2026-01', 1, 2, 3), ($1, '2026-02', 4, 5, 6), ($1, '2026-02-01', 7, 8, 9)`, shop.Key)
	d.Exec(t, `UPDATE webhooks SET closed_month = '2026-01' WHERE id = $1`, w.ID)
	last := time.Now().UTC().Add(-time.Hour)
	last = time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -1, 0)
	months := (last.Year()-2026)*12 + int(last.Month()) - 1
	must(t, d.DB.Sweep(t.Context()))
	must(t, d.DB.Sweep(t.Context()))
	got := deliveredEvents(t, d)
	if want := `usage.month_closed {"activeUsers":4,"month":"2026-02","notes":9,"operations":5,"tenant":"` + shop.Key + `"}`; len(got) != months || !slices.Contains(got, want) {
		t.Errorf("got %q, want %d with %s", got, months, want)
	}
}

// If a key set cannot be fetched, its tenant's webhooks receive key.expiring once, before the keys expire.
func TestAnExpiringKeyIsAnnouncedOnce(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	addWebhook(t, d, shop)
	addWebhook(t, d, paper)
	const url = "https://shop.example/keys"
	for _, tenant := range []*db.Tenant{shop, paper} {
		must(t, d.DB.AddAssertionKey(t.Context(), db.Operator(tenant.Key), &db.AssertionKey{Kind: db.JWKSURL, URL: url}))
	}
	for i, c := range []struct {
		usedFor time.Duration
		passed  string // since the last fetch that succeeded
		want    int
	}{
		{usedFor: 0, passed: "1 day"}, // never fetched
		{usedFor: time.Hour, passed: "0"},
		{usedFor: 0, passed: "5 minutes"},
		{usedFor: 0, passed: "11 minutes", want: 1},
		{usedFor: 0, passed: "11 minutes"},
		{usedFor: time.Hour, passed: "0"},
		{usedFor: 0, passed: "1 day", want: 1},
	} {
		d.Exec(t, `UPDATE assertion_keys SET keys_expire_at = keys_expire_at - $1::interval`, c.passed)
		problem := ""
		if c.usedFor == 0 {
			problem = "answers with the status 503"
		}
		must(t, d.DB.KeySetFetched(t.Context(), shop.Key, url, problem, c.usedFor))
		got := deliveredEvents(t, d)
		if len(got) != c.want || c.want == 1 && (!strings.HasPrefix(got[0], `key.expiring {"expiresAt":"2`) ||
			!strings.Contains(got[0], `"jwksUrl":"https://shop.example/keys","key":"`) || !strings.Contains(got[0], `"reason":"The key set answers with the status 503."`)) {
			t.Errorf("fetch %d: got %q", i, got)
		}
	}
}

// A subject that does not open must not keep a person from deleting the account.
func TestDeletionToleratesAlteredSubject(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	must(t, linkSubject(t, d, alice, shop, joe))
	must(t, linkSubject(t, d, alice, shop, db.Subject{ID: "kim"}))
	addWebhook(t, d, shop)
	d.Exec(t, `UPDATE identities SET sealed_subject = substring(sealed_subject FOR 40) WHERE id = (SELECT id FROM identities ORDER BY id LIMIT 1)`)
	must(t, d.DB.DeleteAccount(t.Context(), alice.Account))
	if got := deliveredEvents(t, d); len(got) != 1 || !strings.Contains(got[0], `"subject":"kim"`) {
		t.Errorf("got %q", got)
	}
}
