package db_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// queue queues a delivery to a tenant's webhooks.
func queue(t *testing.T, d *dbtest.Database, tenant *db.Tenant) {
	t.Helper()
	_, err := d.DB.Suspend(t.Context(), db.Operator(tenant.Key))
	must(t, err)
	_, err = d.DB.Resume(t.Context(), db.Operator(tenant.Key))
	must(t, err)
}

// Two nodes never attempt the same delivery at once. If an attempt has no result, another node repeats it.
func TestNodesShareDeliveries(t *testing.T) {
	d := dbtest.New(t)
	nodes := []*db.DB{d.DB, d.Node(t, db.Options{})}
	const tenants = 30
	for i := range tenants {
		shop := d.Tenant(t, fmt.Sprintf("Shop %d", i))
		addWebhook(t, d, shop)
		queue(t, d, shop)
	}
	var taken sync.Map
	var all sync.WaitGroup
	for _, node := range nodes {
		all.Go(func() {
			for {
				due, err := node.TakeDueDeliveries(t.Context(), 5, 5, nil)
				if err != nil || len(due) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				for _, v := range due {
					if _, twice := taken.LoadOrStore(v.ID, v); twice {
						t.Errorf("%s is taken twice", v.ID)
					}
				}
			}
		})
	}
	all.Wait()
	// A node may have skipped what the other one had locked.
	left, err := d.DB.TakeDueDeliveries(t.Context(), 100, 100, nil)
	must(t, err)
	n := len(left)
	taken.Range(func(any, any) bool { n++; return true })
	if n != tenants {
		t.Fatalf("%d are taken", n)
	}
	d.Exec(t, `UPDATE webhook_deliveries SET next_at = next_at - interval '1 minute'`) // the leases end
	again, err := nodes[1].TakeDueDeliveries(t.Context(), 100, 100, nil)
	if err != nil || len(again) != tenants {
		t.Fatalf("%d are taken again, %v", len(again), err)
	}
	// The result of the first attempt comes too late.
	stale, _ := taken.Load(again[0].ID)
	if stale == nil {
		stale = left[slices.IndexFunc(left, func(v *db.DueDelivery) bool { return v.ID == again[0].ID })]
	}
	must(t, d.DB.DeliveryAttempted(t.Context(), stale.(*db.DueDelivery), 200, 0))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM webhook_deliveries WHERE id = $1 AND next_at > now() AND status IS NULL AND attempts = 2`, again[0].ID); n != 1 {
		t.Error("a stale result counts")
	}
}

// A delivery is attempted 8 times in 27 hours and 35 minutes.
func TestFailedDeliveryIsRetried(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	w := addWebhook(t, d, shop)
	queue(t, d, shop)
	waits := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 10 * time.Hour}
	for attempt := 1; ; attempt++ {
		due, err := d.DB.TakeDueDeliveries(t.Context(), 1, 1, nil)
		if err != nil || len(due) != 1 || due[0].Unhealthy != (attempt > 1) {
			t.Fatalf("attempt %d: %+v, %v", attempt, due, err)
		}
		before := time.Now()
		must(t, d.DB.DeliveryAttempted(t.Context(), due[0], map[bool]int{true: 500}[attempt%2 == 1], 0))
		after := time.Now()
		log, err := d.DB.Deliveries(t.Context(), shop.Key, w.ID, 10)
		if err != nil || len(log) != 1 || log[0].Attempts != attempt || (log[0].Status == nil) != (attempt%2 == 0) || log[0].ID != due[0].ID {
			t.Fatalf("attempt %d: %+v, %v", attempt, log[0], err)
		}
		if attempt > len(waits) {
			if log[0].NextAt != nil {
				t.Errorf("attempt %d: the next one is at %v", attempt, log[0].NextAt)
			}
			break
		}
		if wait := waits[attempt-1]; log[0].NextAt == nil || log[0].NextAt.Before(before.Add(wait-time.Second)) || log[0].NextAt.After(after.Add(wait+time.Second)) {
			t.Fatalf("attempt %d: the next one is at %v, want %v after %v", attempt, log[0].NextAt, wait, before)
		}
		d.Exec(t, `UPDATE webhook_deliveries SET next_at = now()`)
	}
	list, err := d.DB.Webhooks(t.Context(), shop.Key)
	if err != nil || list[0].FailingSince == nil || list[0].LastDeliveredAt != nil {
		t.Errorf("after failures: %+v, %v", list[0], err)
	}

	// Sent again, and delivered.
	log, err := d.DB.Deliveries(t.Context(), shop.Key, w.ID, 10)
	must(t, err)
	if _, err := d.DB.Redeliver(t.Context(), db.Operator(d.Tenant(t, "Paper").Key), log[0].ID); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("by another tenant: %v", err)
	}
	v, err := d.DB.Redeliver(t.Context(), db.Operator(shop.Key), log[0].ID)
	if err != nil || v.ID != log[0].ID || v.NextAt == nil || v.Attempts != 8 || v.Event != "tenant.suspended" {
		t.Fatalf("%+v, %v", v, err)
	}
	if due := deliverAll(t, d); len(due) != 1 || due[0].ID != v.ID {
		t.Errorf("sent again: %+v", due)
	}
	list, err = d.DB.Webhooks(t.Context(), shop.Key)
	if err != nil || list[0].FailingSince != nil || list[0].LastDeliveredAt == nil {
		t.Errorf("after a success: %+v, %v", list[0], err)
	}
}

// Neither a webhook with a long queue nor one that fails delays the others.
func TestWebhooksTakeTurns(t *testing.T) {
	d := dbtest.New(t)
	superuser := d.Connect(t, d.Superuser())
	busy, failing, quick := d.Tenant(t, "Busy"), d.Tenant(t, "Failing"), d.Tenant(t, "Quick")
	var hooks []uuid.UUID
	for _, tenant := range []*db.Tenant{busy, failing, quick} {
		hooks = append(hooks, addWebhook(t, d, tenant).ID)
	}
	d.Exec(t, `UPDATE webhooks SET failing_since = now() WHERE id = $1`, hooks[1])
	for range 5 {
		queue(t, d, busy)
		queue(t, d, failing)
	}
	queue(t, d, quick)
	due, err := d.DB.TakeDueDeliveries(t.Context(), 10, 10, nil)
	if err != nil || len(due) != 3 {
		t.Fatalf("one of each: %d, %v", len(due), err)
	}
	if due, err := d.DB.TakeDueDeliveries(t.Context(), 10, 10, hooks[:2]); err != nil || len(due) != 0 {
		t.Errorf("though both are busy: %d, %v", len(due), err)
	}
	for range 5 {
		if due, err := d.DB.TakeDueDeliveries(t.Context(), 1, 0, nil); err != nil || len(due) > 1 || len(due) == 1 && due[0].Unhealthy {
			t.Fatalf("one that works: %+v, %v", due, err)
		}
	}
	if n := count(t, superuser, `SELECT count(*) FROM webhook_deliveries WHERE attempts = 0`); n != 4 { // of the failing one
		t.Errorf("%d are left", n)
	}
}

// A tenant has few attempts at a time, so that neither its webhooks nor all tenants of one person delay others. Tenants without attempts come
// first.
func TestTenantsShareAttempts(t *testing.T) {
	d := dbtest.New(t)
	add := func(name string, webhooks int) (shop *db.Tenant, hooks []uuid.UUID) {
		shop = d.Tenant(t, name)
		for range webhooks {
			hooks = append(hooks, addWebhook(t, d, shop).ID)
		}
		queue(t, d, shop)
		return shop, hooks
	}
	many, manyHooks := add("Many", db.MaxWebhooks)
	take := func(healthy, unhealthy int, busy []uuid.UUID) map[string][]uuid.UUID {
		t.Helper()
		due, err := d.DB.TakeDueDeliveries(t.Context(), healthy, unhealthy, busy)
		must(t, err)
		taken := map[string][]uuid.UUID{}
		for _, v := range due {
			var p struct{ Data struct{ Tenant string } }
			must(t, json.Unmarshal(v.Payload, &p))
			taken[p.Data.Tenant] = append(taken[p.Data.Tenant], v.WebhookID)
		}
		return taken
	}
	busy := take(100, 100, nil)[many.Key]
	if len(busy) != 2 {
		t.Fatalf("%d attempts for one tenant", len(busy))
	}
	if again := take(100, 100, busy); len(again) != 0 {
		t.Errorf("attempts for a tenant that has its share: %v", again)
	}
	if more := take(100, 100, busy[:1]); len(more[many.Key]) != 1 {
		t.Errorf("after one has ended: %v", more)
	}
	few, _ := add("Few", 1)
	if taken := take(1, 1, busy[:1]); len(taken[few.Key]) != 1 {
		t.Errorf("a tenant without attempts does not come first: %v", taken)
	}

	d.Exec(t, `UPDATE webhook_deliveries SET next_at = now()`)
	d.Exec(t, `UPDATE webhooks SET failing_since = now() WHERE id = ANY ($1)`, manyHooks[:3])
	taken := take(100, 100, nil)
	if n := len(taken[many.Key]); n != 3 || len(taken[few.Key]) != 1 {
		t.Errorf("%d attempts for a tenant with two healthy webhooks and three that fail, %v", n, taken)
	}
}

// A webhook that answers after a long time has the lower priority of those that fail, until it answers quickly.
func TestSlowWebhookIsUnhealthy(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	w := addWebhook(t, d, shop)
	for _, c := range []struct {
		took time.Duration
		slow bool // before
	}{{3 * time.Second, false}, {time.Second, true}, {time.Second, false}} {
		queue(t, d, shop)
		due, err := d.DB.TakeDueDeliveries(t.Context(), 1, 1, nil)
		if err != nil || len(due) != 1 || due[0].Unhealthy != c.slow {
			t.Fatalf("before an attempt of %v: %+v, %v", c.took, due, err)
		}
		must(t, d.DB.DeliveryAttempted(t.Context(), due[0], 200, c.took))
		if list, err := d.DB.Webhooks(t.Context(), shop.Key); err != nil || len(list) != 1 || list[0].ID != w.ID || list[0].FailingSince != nil {
			t.Errorf("after it: %+v, %v", list, err)
		}
	}
}

// Sending again during an attempt adds none on another node, unless the attempt ends without a result.
func TestSentAgainDuringAnAttempt(t *testing.T) {
	d := dbtest.New(t)
	other := d.Node(t, db.Options{})
	shop := d.Tenant(t, "Shop")
	w := addWebhook(t, d, shop)
	queue(t, d, shop)
	sendAgain := func() {
		t.Helper()
		log, err := d.DB.Deliveries(t.Context(), shop.Key, w.ID, 1)
		must(t, err)
		_, err = d.DB.Redeliver(t.Context(), db.Operator(shop.Key), log[0].ID)
		must(t, err)
	}
	take := func(want int, when string) *db.DueDelivery {
		t.Helper()
		due, err := other.TakeDueDeliveries(t.Context(), 1, 1, nil)
		if err != nil || len(due) != want {
			t.Fatalf("%s: %d attempts, %v", when, len(due), err)
		}
		if want == 0 {
			return nil
		}
		return due[0]
	}
	first := take(1, "at first")
	sendAgain()
	take(0, "during an attempt")
	must(t, d.DB.DeliveryAttempted(t.Context(), first, 500, 0))
	sendAgain()
	second := take(1, "after it failed")
	must(t, d.DB.DeliveryAttempted(t.Context(), second, 200, 0))
	take(0, "after it was delivered")
	sendAgain()
	take(1, "sent again")
	d.Exec(t, `UPDATE webhook_deliveries SET next_at = now()`) // the lease ends
	sendAgain()
	take(1, "after a node stopped")
}

func TestDeliveryIsSignedWithBothSecretsForADay(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	w, first, err := d.DB.AddWebhook(t.Context(), db.Operator(shop.Key), "https://shop.example", db.WebhookEvents)
	must(t, err)
	signing := func() (texts []string) {
		queue(t, d, shop)
		for _, key := range deliverAll(t, d)[0].Secrets {
			texts = append(texts, "whsec_"+base64.StdEncoding.EncodeToString(key))
		}
		return texts
	}
	if got := signing(); !slices.Equal(got, []string{first}) {
		t.Errorf("at first: %q", got)
	}
	_, second, err := d.DB.RotateWebhookSecret(t.Context(), db.Operator(shop.Key), w.ID)
	must(t, err)
	if got := signing(); !slices.Equal(got, []string{second, first}) {
		t.Errorf("after a rotation: %q", got)
	}
	d.Exec(t, `UPDATE webhooks SET rotated_at = rotated_at - interval '24 hours'`)
	if got := signing(); !slices.Equal(got, []string{second}) {
		t.Errorf("a day after it: %q", got)
	}
}

// The log is kept for 30 days.
func TestDeliveriesExpire(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	w := addWebhook(t, d, shop)
	queue(t, d, shop)
	queue(t, d, shop)
	d.Exec(t, `UPDATE webhook_deliveries SET created_at = now() - CASE WHEN id = (SELECT id FROM webhook_deliveries ORDER BY id LIMIT 1) THEN interval '31 days' ELSE interval '29 days' END`)
	must(t, d.DB.Sweep(t.Context()))
	if log, err := d.DB.Deliveries(t.Context(), shop.Key, w.ID, 10); err != nil || len(log) != 1 {
		t.Errorf("the log: %+v, %v", log, err)
	}
}

// A delivery is given up if its payload does not open. Other deliveries are still made.
func TestAlteredPayloadIsGivenUp(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	for _, tenant := range []*db.Tenant{shop, paper} {
		addWebhook(t, d, tenant)
		queue(t, d, tenant)
	}
	d.Exec(t, `UPDATE webhook_deliveries SET sealed_payload = (SELECT sealed_payload FROM webhook_deliveries WHERE tenant_key = $1) WHERE tenant_key = $2`, paper.Key, shop.Key)
	if due := deliverAll(t, d); len(due) != 1 || !strings.Contains(string(due[0].Payload), paper.Key) {
		t.Errorf("delivered: %+v", due)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM audit_events WHERE action = 'ciphertext.refused' AND target LIKE 'webhook_deliveries.sealed_payload %'`); n != 1 {
		t.Errorf("%d entries in the log", n)
	}
}

// Payloads and the outbox's columns hold no note, no name, no email address, and no id of a person that the tenant does not know.
func TestPayloadsHoldNoPersonalText(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	addWebhook(t, d, shop)
	alice := d.Person(t, "Canary Alice")
	_, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "canary title", Body: "canary body"})
	must(t, err)
	kim, lou := db.Subject{ID: "subject-kim", Email: "canary@post.example", Name: "Canary Kim"}, db.Subject{ID: "subject-lou", Email: "canary@post.example", Name: "Canary Lou"}
	must(t, linkSubject(t, d, alice, shop, kim))
	must(t, linkSubject(t, d, alice, shop, lou))
	seat, err := d.ServerKey(t, shop).Seat(shop.Key, "")
	must(t, err)
	must(t, d.DB.EraseSubject(t.Context(), seat, kim.ID))
	must(t, d.DB.DeleteAccount(t.Context(), alice.Account))
	d.Exec(t, `UPDATE webhooks SET closed_month = '2026-01'`)
	must(t, d.DB.Sweep(t.Context()))
	queue(t, d, shop)
	canaries := []string{"anary", alice.ID.String(), strings.ReplaceAll(alice.ID.String(), "-", ""), d.DB.Pseudonym(alice.ID)}
	outbox := string(d.Dump(t, "--data-only", "--table=webhook*"))
	all := deliverAll(t, d)
	if len(all) < 5 {
		t.Fatalf("only %d deliveries", len(all))
	}
	for _, canary := range canaries {
		for _, v := range all {
			if bytes.Contains(v.Payload, []byte(canary)) {
				t.Errorf("%s holds %s", v.Payload, canary)
			}
		}
		if strings.Contains(outbox, canary) {
			t.Errorf("the outbox holds %s", canary)
		}
	}
	for _, sealed := range []string{kim.ID, lou.ID} {
		if strings.Contains(outbox, sealed) {
			t.Errorf("the outbox holds %s in the clear", sealed)
		}
	}
}
