package db_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A URL that was stored in the clear is used, and sealed at the next Sweep.
func TestURLOfAWebhookIsSealed(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	const url = "https://shop.example/hooks?token=hidden"
	w, _, err := d.DB.AddWebhook(t.Context(), db.Operator(shop.Key), url, db.WebhookEvents)
	must(t, err)
	inTheClear := func() int {
		return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM webhooks WHERE url IS NOT NULL OR sealed_url IS NULL`)
	}
	check := func(when string) {
		t.Helper()
		queue(t, d, shop)
		list, err := d.DB.Webhooks(t.Context(), shop.Key)
		if due := deliverAll(t, d); err != nil || len(list) != 1 || list[0].URL != url || list[0].Host() != "shop.example" || len(due) != 1 || due[0].URL != url {
			t.Errorf("%s: %+v, %+v, %v", when, list, due, err)
		}
	}
	check("sealed")
	if inTheClear() != 0 {
		t.Error("a URL is in the clear")
	}
	d.Exec(t, `UPDATE webhooks SET url = $1, sealed_url = NULL`, url)
	check("in the clear")
	must(t, d.DB.Sweep(t.Context()))
	check("sealed later")
	if inTheClear() != 0 {
		t.Error("a URL is in the clear after a sweep")
	}

	// One that was altered is not used, is recorded, and can be removed.
	d.Exec(t, `UPDATE webhooks SET sealed_url = sealed_url || '\x00'::bytea`)
	queue(t, d, shop)
	list, err := d.DB.Webhooks(t.Context(), shop.Key)
	if due := deliverAll(t, d); err != nil || len(list) != 1 || list[0].URL != "" || len(due) != 0 {
		t.Errorf("altered: %+v, %+v, %v", list, due, err)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM audit_events WHERE action = 'ciphertext.refused' AND target = $1`, "webhooks.sealed_url "+w.ID.String()); n == 0 {
		t.Error("it is not recorded")
	}
	must(t, d.DB.RemoveWebhook(t.Context(), db.Operator(shop.Key), w.ID))
}

func TestWebhooks(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	by := db.Operator(shop.Key)
	w, secret, err := d.DB.AddWebhook(t.Context(), by, "https://shop.example/hooks?token=hidden", []string{"tenant.suspended", "identity.linked", "identity.linked"})
	if err != nil || !strings.HasPrefix(secret, "whsec_") || !slices.Equal(w.Events, []string{"identity.linked", "tenant.suspended"}) || w.CreatedAt.IsZero() {
		t.Fatalf("added: %+v, %q, %v", w, secret, err)
	}
	list, err := d.DB.Webhooks(t.Context(), shop.Key)
	if err != nil || len(list) != 1 || list[0].ID != w.ID || list[0].URL != w.URL || !slices.Equal(list[0].Events, w.Events) || list[0].FailingSince != nil {
		t.Errorf("listed: %+v, %v", list, err)
	}
	for name, events := range map[string][]string{"no event": nil, "an unknown one": {"identity.linked", "note.written"}} {
		if _, _, err := d.DB.AddWebhook(t.Context(), by, "https://shop.example", events); !isInvalid(err, "events") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, rotated, err := d.DB.RotateWebhookSecret(t.Context(), by, w.ID)
	if err != nil || rotated == secret {
		t.Errorf("rotated: %q, %v", rotated, err)
	}
	for name, err := range map[string]error{
		"removed by another tenant": d.DB.RemoveWebhook(t.Context(), db.Operator(paper.Key), w.ID),
		"rotated by another tenant": third(d.DB.RotateWebhookSecret(t.Context(), db.Operator(paper.Key), w.ID)),
	} {
		if !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range db.MaxWebhooks - 1 {
		must(t, third(d.DB.AddWebhook(t.Context(), by, "https://shop.example", db.WebhookEvents)))
	}
	if err := third(d.DB.AddWebhook(t.Context(), by, "https://shop.example", db.WebhookEvents)); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("one too many: %v", err)
	}
	must(t, d.DB.RemoveWebhook(t.Context(), by, w.ID))
	must(t, third(d.DB.AddWebhook(t.Context(), by, "https://shop.example", db.WebhookEvents)))
	events, err := d.DB.Events(t.Context(), shop.Key, uuid.Nil, 100)
	must(t, err)
	for _, e := range events {
		if strings.Contains(e.Detail, "hidden") || strings.HasPrefix(e.Action, "webhook.") && e.Detail != "shop.example" {
			t.Errorf("the log has %+v", e)
		}
	}

	must(t, d.DB.DeleteTenant(t.Context(), by, "Shop"))
	if list, err := d.DB.Webhooks(t.Context(), shop.Key); err != nil || len(list) != 0 {
		t.Errorf("of a deleted tenant: %+v, %v", list, err)
	}
}
