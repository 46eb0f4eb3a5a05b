package db_test

import (
	"fmt"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestSightings(t *testing.T) {
	d := dbtest.New(t)
	other := d.Node(t, db.Options{})
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	d.DB.WidgetShown(shop, "https://shop.example")
	d.DB.WidgetShown(shop, "https://shop.example")
	d.DB.WidgetSignedIn(shop, "https://shop.example")
	must(t, d.DB.FlushSightings(t.Context()))
	other.WidgetShown(shop, "https://shop.example") // another node adds to it
	other.WidgetRefused(shop, "https://evil.example", "it is not listed")
	other.WidgetRefused(shop, "https://evil.example", "it is not listed still")
	must(t, other.FlushSightings(t.Context()))
	list, err := d.DB.LastSeen(t.Context(), shop.Key)
	if err != nil || len(list) != 2 {
		t.Fatalf("seen: %v, %v", list, err)
	}
	evil, ours := list[0], list[1]
	if evil.EmbedOrigin != "https://evil.example" || evil.ShownAt != nil || evil.RefusedAt == nil || evil.Refusal != "it is not listed still" {
		t.Errorf("refused: %+v", evil)
	}
	if ours.EmbedOrigin != "https://shop.example" || ours.ShownAt == nil || ours.SignedInAt == nil || ours.RefusedAt != nil || ours.Refusal != "" {
		t.Errorf("shown: %+v", ours)
	}
	superuser := d.Connect(t, d.Superuser())
	if shown := count(t, superuser, `SELECT sum(shown)::int FROM embed_sightings WHERE tenant_key = $1`, shop.Key); shown != 3 {
		t.Errorf("shown %d times", shown)
	}
	if list, err := d.DB.LastSeen(t.Context(), paper.Key); err != nil || len(list) != 0 {
		t.Errorf("another tenant's: %v, %v", list, err)
	}

	// Anybody can name an origin. Their number is limited, and never hides a listed one.
	for i := range 1000 {
		d.DB.WidgetRefused(paper, fmt.Sprintf("https://%d.evil.example", i), "it is not listed")
		if i%10 == 0 {
			must(t, d.DB.FlushSightings(t.Context()))
		}
	}
	for i := range 1000 {
		d.DB.WidgetRefused(paper, fmt.Sprintf("https://%d.worse.example", i), "it is not listed")
	}
	d.DB.WidgetShown(paper, "https://shop.example")
	d.DB.WidgetShown(paper, "https://shop.example/\x00")
	must(t, d.DB.FlushSightings(t.Context()))
	if rows := count(t, superuser, `SELECT count(*)::int FROM embed_sightings WHERE tenant_key = $1`, paper.Key); rows > 300 {
		t.Errorf("%d rows", rows)
	}
	if shown := count(t, superuser, `SELECT count(*)::int FROM embed_sightings WHERE tenant_key = $1 AND embed_origin = 'https://shop.example' AND shown = 1`, paper.Key); shown != 1 {
		t.Error("the listed origin is hidden")
	}
	d.Exec(t, `UPDATE embed_sightings SET hour = hour - interval '31 days'`)
	must(t, d.DB.Sweep(t.Context()))
	if rows := count(t, superuser, `SELECT count(*)::int FROM embed_sightings`); rows != 0 {
		t.Errorf("%d old rows are left", rows)
	}
}
