package db_test

import (
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// Nothing that a tenant's members or backend can read says which pages have notes, that a note has earlier versions or that notes were
// imported: no event of the audit log, no webhook, no sighting.
func TestTenantsLearnNothingOfPagesVersionsAndImports(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	addWebhook(t, d, shop)
	alice := d.Person(t, "Alice")
	widget := alice.Widget(t, shop)
	c := d.Connect(t, d.Superuser())
	visible := func() (all string) {
		t.Helper()
		for _, table := range []string{"audit_events", "webhook_deliveries", "embed_sightings"} {
			rows := ""
			must(t, c.QueryRow(t.Context(), `SELECT coalesce(string_agg(row::text, ' ' ORDER BY row::text), '') FROM `+table+` row WHERE tenant_key = $1`, shop.Key).Scan(&rows))
			all += rows
		}
		return all
	}
	before := visible()
	o := widget.Owner()
	note, err := d.DB.CreateNote(t.Context(), o, db.NewNote{Title: "first", Context: &db.NoteContext{ID: "page", Title: "Page", URL: "https://shop.example/page"}})
	must(t, err)
	d.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour', updated_at = updated_at - interval '1 hour'`)
	title := "second"
	_, err = d.DB.UpdateNote(t.Context(), o, db.NoteChange{ID: note.ID, Version: note.Version, Title: &title})
	must(t, err)
	_, err = d.DB.RestoreVersion(t.Context(), o, note.ID, note.Version)
	must(t, err)
	_, err = d.DB.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, []db.NewNote{{Title: "imported"}})
	must(t, err)
	if after := visible(); after != before || before == "" {
		t.Errorf("the tenant sees %s after %s", after, before)
	}
}
