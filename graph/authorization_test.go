package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
)

// The tests send every field of the schema over HTTP as each principal who must not access it. No response may hold data of
// Alice or her tenant, and none of their data may change. The documents are generated from the schema, so a new root field
// without a case here fails the test.

// A rootFieldCase is how to use a root field for data of Alice or her tenant.
type rootFieldCase struct {
	args  string  // <note>, <shop>, … stand for ids of Alice's
	own   bool    // other people may use it for their own data
	shop  bool    // her tenant's backend may use it
	role  db.Role // the lowest role that may change the tenant
	fresh bool    // it needs a fresh passkey
	reads bool    // it changes nothing
}

var rootFieldCases = map[string]rootFieldCase{
	"Query.viewer":     {own: true},
	"Query.invitation": {args: `(token: "in_guessed")`},
	"Query.note":       {args: `(id: "<note>")`},
	"Query.notes":      {args: `(filter: {tenant: "<shop>"})`, own: true},
	"Query.tenant":     {args: `(id: "<shop>")`, shop: true},

	"Mutation.createNote":     {args: `(input: {title: "mine", body: "mine"})`, own: true},
	"Mutation.updateNote":     {args: `(input: {id: "<note>", version: 1, title: "mine now"})`},
	"Mutation.trashNote":      {args: `(id: "<note>")`},
	"Mutation.restoreNote":    {args: `(id: "<note>")`},
	"Mutation.deleteNote":     {args: `(id: "<note>")`},
	"Mutation.restoreVersion": {args: `(id: "<note>", version: 1)`},

	"Mutation.renameViewer":            {args: `(displayName: "Mallory")`, own: true},
	"Mutation.renamePasskey":           {args: `(id: "<passkey>", name: "mine now")`},
	"Mutation.deletePasskey":           {args: `(id: "<passkey>")`},
	"Mutation.revokeSession":           {args: `(id: "<session>")`},
	"Mutation.revokeOtherSessions":     {own: true},
	"Mutation.unlinkIdentity":          {args: `(id: "<identity>")`},
	"Mutation.withdrawConsent":         {args: `(tenant: "<shop>")`, own: true}, // the asker's own consent
	"Mutation.regenerateRecoveryCodes": {own: true},
	"Mutation.replaceRecoveryCodes":    {args: `(codes: [])`, own: true},
	"Mutation.setSealing":              {args: `(input: {to: SERVER, generation: 1, wraps: []})`, own: true},
	"Mutation.convertNotes":            {args: `(notes: [{id: "<note>", version: 1, sealed: "AAAA"}])`},
	"Mutation.importNotes":             {args: `(tenant: "<shop>", notes: [{title: "mine"}])`, own: true}, // at a tenant that the asker allows
	"Mutation.deleteAccount":           {own: true},

	"Mutation.createTenant":        {args: `(name: "Mine")`, own: true},
	"Mutation.updateTenant":        {args: `(input: {tenant: "<shop>", name: "Mine", assertion: NONE, brandName: "Mine", accent: "#000000"})`, role: db.RoleAdmin},
	"Mutation.addEmbedOrigin":      {args: `(tenant: "<shop>", origin: "https://evil.example")`, shop: true, role: db.RoleAdmin},
	"Mutation.removeEmbedOrigin":   {args: `(tenant: "<shop>", origin: "https://secret-shop.example")`, shop: true, role: db.RoleAdmin},
	"Mutation.addAssertionKey":     {args: `(input: {tenant: "<shop>", kind: SHARED_SECRET})`, role: db.RoleAdmin, fresh: true},
	"Mutation.revokeAssertionKey":  {args: `(tenant: "<shop>", id: "<assertion key>")`, role: db.RoleAdmin},
	"Mutation.testAssertion":       {args: `(tenant: "<shop>", assertion: "x")`, shop: true, role: db.RoleViewer, reads: true},
	"Mutation.checkInstallation":   {args: `(tenant: "<shop>", url: "x")`, role: db.RoleViewer, reads: true},
	"Mutation.createServerKey":     {args: `(tenant: "<shop>", name: "mine")`, role: db.RoleAdmin, fresh: true},
	"Mutation.revokeServerKey":     {args: `(tenant: "<shop>", id: "<server key>")`, role: db.RoleAdmin},
	"Mutation.addWebhook":          {args: `(input: {tenant: "<shop>", url: "https://evil.example", events: ["identity.linked"]})`, role: db.RoleAdmin, fresh: true},
	"Mutation.rotateWebhookSecret": {args: `(tenant: "<shop>", id: "<webhook>")`, role: db.RoleAdmin, fresh: true},
	"Mutation.removeWebhook":       {args: `(tenant: "<shop>", id: "<webhook>")`, role: db.RoleAdmin},
	"Mutation.redeliver":           {args: `(tenant: "<shop>", delivery: "<delivery>")`, role: db.RoleAdmin},
	"Mutation.inviteMember":        {args: `(tenant: "<shop>", role: OWNER)`, role: db.RoleOwner, fresh: true},
	"Mutation.acceptInvitation":    {args: `(token: "in_guessed")`},
	"Mutation.changeRole":          {args: `(tenant: "<shop>", id: "<member>", role: VIEWER)`, role: db.RoleOwner, fresh: true},
	"Mutation.withdrawInvitation":  {args: `(tenant: "<shop>", id: "<invitation>")`, role: db.RoleOwner},
	"Mutation.deleteTenant":        {args: `(tenant: "<shop>", name: "Shop")`, role: db.RoleOwner, fresh: true},
	"Mutation.removeMember":        {args: `(tenant: "<shop>", id: "<member>")`, role: db.RoleOwner, fresh: true},
	"Mutation.eraseSubject":        {args: `(subject: "nobody")`, shop: true, own: true},       // for the backend's own tenant
	"Mutation.issueTicket":         {args: `(input: {subject: "joe"})`, shop: true, own: true}, // for the backend's own tenant

	// TestSubscriptionsAreRejected and TestStreamsSendTheirOwnerEachChange open streams; here it is sent like a query.
	"Subscription.noteChanged": {},
}

// fieldArguments holds the arguments of fields below root fields.
var fieldArguments = map[string]string{
	"Tenant.usage":          `(from: "<from>", to: "<from>")`,
	"Tenant.usageByMonth":   `(from: "<from>", to: "<from>")`,
	"Tenant.auditLog":       ``,
	"Tenant.deliveries":     `(webhook: "<webhook>")`,
	"Tenant.auditEvent":     `(reference: "<audit event>")`,
	"Viewer.securityEvents": ``,
	"Note.history":          ``,
}

func TestOnlyAuthorizedPrincipalsAreAnswered(t *testing.T) {
	m := newMatrix(t)
	asked := map[string]bool{}
	m.eachRootField(t, func(name string, e rootFieldCase, f *ast.FieldDefinition, operation string) {
		paths := m.leafPaths(t, f, nil, asked)
		documents := []string{operation + " { " + f.Name + m.fill(e.args) + " " + m.selection(paths) + " }"}
		if operation == "query" {
			for _, p := range paths { // separately, so that the error of one field does not hide another
				documents = append(documents, "query { "+f.Name+m.fill(e.args)+" "+m.selection([]string{p})+" }")
			}
			for _, document := range documents[1:] {
				m.recordAlice(t, document)
			}
		}
		for _, who := range m.wrong {
			before := m.state(t)
			for _, document := range documents {
				a := who.make(t).ask(t, document)
				what := fmt.Sprintf("%s asks %s\nanswered %d %s", who.name, document, a.Status, a.Body)
				if leak := m.findLeak(a.Body, who); leak != "" {
					t.Errorf("%s\nwhich has %q", what, leak)
				}
				answered := !strings.Contains(a.Body, `"errors"`) && a.Body != `{"data":{"`+f.Name+`":null}}` && strings.Contains(a.Body, `"data"`)
				allowed := e.own || e.shop && who.shop
				if answered && !allowed {
					t.Errorf("%s", what)
				}
				if strings.Contains(a.Body, "INTERNAL") {
					t.Errorf("%s", what)
				}
			}
			if after := m.state(t); after != before && !(e.shop && who.shop) {
				t.Errorf("%s, asked by %s, changed\n%s\nto\n%s", name, who.name, before, after)
			} else if after != before {
				m.restore(t)
			}
		}
	})
	for name, d := range m.schema.Types {
		if d.Kind != ast.Object || d.BuiltIn || strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range d.Fields {
			if !strings.HasPrefix(f.Name, "__") && !asked[name+"."+f.Name] {
				t.Errorf("nobody asked for %s.%s", name, f.Name)
			}
		}
	}
	for secret, seen := range m.canaries {
		if !seen {
			t.Errorf("not even Alice was shown %q: is it no canary?", secret)
		}
	}
}
