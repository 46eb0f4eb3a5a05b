package graph

import (
	"strings"
	"testing"
)

func TestWebhooks(t *testing.T) {
	c := newCompany(t)
	backend := c.backend(t, c.key)
	paper := c.tenantOf(t, "sam", "Paper 2")
	const add = `mutation ($t: ID!, $url: String!) { addWebhook(input: {tenant: $t, url: $url, events: ["tenant.suspended"]}) { webhook { id url events failing failingSince lastDeliveredAt } secret } }`
	at := func(tenant, url string) map[string]any { return map[string]any{"t": tenant, "url": url} }
	for who, code := range map[string]string{"vera": "FORBIDDEN", "sam": "NOT_FOUND", backend: "FORBIDDEN", "nobody": "UNAUTHENTICATED"} {
		if _, got := c.post(t, who, add, at(c.key, "https://shop.example/hooks")); !strings.Contains(got, `"code":"`+code+`"`) {
			t.Errorf("%s: %s", who, got)
		}
	}
	var added struct {
		AddWebhook struct {
			Webhook struct{ ID string }
			Secret  string
		}
	}
	c.must(t, "adam", add, at(c.key, "https://shop.example/hooks?key=hidden"), &added)
	id, secret := added.AddWebhook.Webhook.ID, added.AddWebhook.Secret
	if !strings.HasPrefix(secret, "whsec_") {
		t.Errorf("the secret %q", secret)
	}
	if _, got := c.post(t, "adam", add, at(c.key, "http://shop.example/hooks")); !strings.Contains(got, `"code":"BAD_USER_INPUT"`) || !strings.Contains(got, `"field":"url"`) {
		t.Errorf("over http: %s", got)
	}

	// It is listed for all members and the backend, without its secret. Only owners and admins see more of its URL than the host.
	const list = `query ($t: ID!, $id: ID!) { tenant(id: $t) { webhooks { url events failing } deliveries(webhook: $id) { id event status attempts nextAt } } }`
	for who, url := range map[string]string{"olga": "https://shop.example/hooks?key=hidden", "adam": "https://shop.example/hooks?key=hidden", "vera": "shop.example", backend: "shop.example"} {
		if _, got := c.post(t, who, list, map[string]any{"t": c.key, "id": id}); got != `{"data":{"tenant":{"webhooks":[{"url":"`+url+`","events":["tenant.suspended"],"failing":false}],"deliveries":[]}}}` {
			t.Errorf("%s sees %s", who, got)
		}
	}
	for what, of := range map[string]string{"another tenant's webhook": id, "no webhook": "x"} {
		if _, got := c.post(t, "sam", list, map[string]any{"t": paper, "id": of}); got != `{"data":{"tenant":{"webhooks":[],"deliveries":[]}}}` {
			t.Errorf("%s: %s", what, got)
		}
	}
	if _, got := c.post(t, "olga", strings.Replace(list, "(webhook: $id)", "(webhook: $id, first: 101)", 1), map[string]any{"t": c.key, "id": id}); !strings.Contains(got, `"field":"first"`) {
		t.Errorf("101 deliveries: %s", got)
	}

	// A delivery that failed is sent again.
	c.Exec(t, `INSERT INTO webhook_deliveries (id, webhook_id, tenant_key, event, sealed_payload, attempts, status) VALUES ('01a209af-5666-76ca-be5b-605f33074a75', $1, $2, 'tenant.suspended', '\x00', 8, 503)`, id, c.key)
	const again = `mutation ($t: ID!) { redeliver(tenant: $t, delivery: "01a209af-5666-76ca-be5b-605f33074a75") { id event at status attempts nextAt } }`
	for who, code := range map[string]string{"vera": "FORBIDDEN", "sam": "NOT_FOUND", backend: "FORBIDDEN"} {
		if _, got := c.post(t, who, again, map[string]any{"t": c.key}); !strings.Contains(got, `"code":"`+code+`"`) {
			t.Errorf("%s sends again: %s", who, got)
		}
	}
	if _, got := c.post(t, "sam", again, map[string]any{"t": paper}); !strings.Contains(got, `"code":"NOT_FOUND"`) {
		t.Errorf("another tenant sends again: %s", got)
	}
	if _, got := c.post(t, "adam", again, map[string]any{"t": c.key}); !strings.Contains(got, `"status":503,"attempts":8,"nextAt":"2`) {
		t.Errorf("sent again: %s", got)
	}

	const rotate = `mutation ($t: ID!, $id: ID!) { rotateWebhookSecret(tenant: $t, id: $id) { webhook { url } secret } }`
	if _, got := c.post(t, "adam", rotate, map[string]any{"t": c.key, "id": id}); !strings.Contains(got, `"secret":"whsec_`) || strings.Contains(got, secret) {
		t.Errorf("rotated: %s", got)
	}
	c.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes 1 second'`)
	for _, query := range []string{strings.Replace(add, "$url: String!", "$url: String = \"https://shop.example\"", 1), strings.Replace(rotate, "$id: ID!", "$id: ID = \""+id+"\"", 1)} {
		if _, got := c.post(t, "adam", query, map[string]any{"t": c.key}); !strings.Contains(got, "confirmation_required") {
			t.Errorf("without a fresh passkey: %s", got)
		}
	}
	const remove = `mutation ($t: ID!, $id: ID!) { removeWebhook(tenant: $t, id: $id) { id } }`
	c.must(t, "adam", remove, map[string]any{"t": c.key, "id": id}, nil)
	if _, got := c.post(t, "adam", remove, map[string]any{"t": c.key, "id": id}); !strings.Contains(got, `"code":"NOT_FOUND"`) {
		t.Errorf("removed twice: %s", got)
	}
}
