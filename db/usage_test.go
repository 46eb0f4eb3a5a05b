package db_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// usage returns the period of today or of this month.
func usage(t *testing.T, d *db.DB, tenantKey string, span db.UsageSpan) db.UsagePeriod {
	t.Helper()
	now := time.Now()
	periods, err := d.Usage(t.Context(), tenantKey, span, now, now)
	must(t, err)
	for _, p := range periods {
		if p.Period == now.UTC().Format(string(span)) {
			return *p
		}
	}
	t.Fatalf("no %s in %v", now.UTC().Format(string(span)), periods)
	return db.UsagePeriod{}
}

func TestUsageAddsUpAcrossNodes(t *testing.T) {
	d := dbtest.New(t)
	nodes := []*db.DB{d.DB, d.Node(t, db.Options{MaxConns: 4}), d.Node(t, db.Options{MaxConns: 4})}
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	var visitors []*db.Session
	for _, name := range []string{"Ann", "Ben", "Cas"} {
		visitors = append(visitors, d.Person(t, name).Widget(t, shop))
	}
	reader := d.Person(t, "Dora").Widget(t, paper)
	const each = 40
	var all sync.WaitGroup
	for _, node := range nodes {
		for _, v := range visitors {
			all.Go(func() {
				for range each {
					node.CountOperation(v)
				}
				if err := node.FlushUsage(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		node.CountOperation(reader)
		node.CountOperation(d.Person(t, "Emil").Account) // of no tenant
	}
	all.Wait()
	for _, node := range nodes {
		must(t, node.FlushUsage(t.Context()))
	}
	for _, span := range []db.UsageSpan{db.UsageByDay, db.UsageByMonth} {
		if got := usage(t, d.DB, shop.Key, span); got.ActiveUsers != 3 || got.Operations != 9*each {
			t.Errorf("the shop: %+v", got)
		}
		if got := usage(t, d.DB, paper.Key, span); got.ActiveUsers != 1 || got.Operations != 3 {
			t.Errorf("the paper: %+v", got)
		}
	}
}

func TestUsageCountsNotes(t *testing.T) {
	d := dbtest.New(t)
	ann, shop := d.Person(t, "Ann"), d.Tenant(t, "Shop")
	owner := ann.Widget(t, shop).Owner()
	notes := func(want int, after string) {
		t.Helper()
		if got := usage(t, d.DB, shop.Key, db.UsageByDay).Notes; got != want {
			t.Errorf("%d notes after %s, not %d", got, after, want)
		}
	}
	var last *db.Note
	for range 3 {
		n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		must(t, err)
		last = n
	}
	notes(3, "three were made")
	_, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: last.ID, Title: "x"})
	must(t, err)
	notes(3, "one was made again")
	_, err = d.DB.TrashNote(t.Context(), owner, last.ID)
	must(t, err)
	notes(3, "one went into the trash")
	must(t, d.DB.DeleteNote(t.Context(), ann.Account.Owner(), last.ID))
	if err := d.DB.DeleteNote(t.Context(), owner, last.ID); !db.IsCode(err, db.CodeNotFound) {
		t.Error(err)
	}
	notes(2, "one was destroyed, twice")
}

// A month counts each person once, however often they came. Days without visitors are included.
func TestUsageOfAMonth(t *testing.T) {
	d := dbtest.New(t)
	shop, ann := d.Tenant(t, "Shop"), d.Person(t, "Ann")
	d.DB.CountOperation(ann.Widget(t, shop))
	must(t, d.DB.FlushUsage(t.Context()))
	d.Exec(t, `UPDATE usage_periods SET period = '2026-02-03', notes = 5 WHERE length(period) = 10`)
	d.Exec(t, `UPDATE usage_visitors SET period = '2026-02-03' WHERE length(period) = 10`)
	d.Exec(t, `INSERT INTO usage_periods VALUES ($1, '2026-02-05', 7, 70, -2), ($1, '2026-02', 8, 80, 3)`, shop.Key)

	at := func(day int) time.Time { return time.Date(2026, 2, day, 0, 0, 0, 0, time.UTC) }
	days, err := d.DB.Usage(t.Context(), shop.Key, db.UsageByDay, at(2).Add(time.Hour), at(7))
	must(t, err)
	want := []db.UsagePeriod{
		{Period: "2026-02-02"}, {Period: "2026-02-03", ActiveUsers: 1, Operations: 1, Notes: 5}, {Period: "2026-02-04", Notes: 5},
		{Period: "2026-02-05", ActiveUsers: 7, Operations: 70, Notes: 3}, {Period: "2026-02-06", Notes: 3},
	}
	for i, p := range days {
		if len(days) != len(want) || *p != want[i] {
			t.Errorf("%d of %d days: %+v", i, len(days), *p)
		}
	}
	months, err := d.DB.Usage(t.Context(), shop.Key, db.UsageByMonth, at(20), at(21))
	must(t, err)
	if len(months) != 1 || *months[0] != (db.UsagePeriod{Period: "2026-02", ActiveUsers: 8, Operations: 80, Notes: 3}) {
		t.Errorf("February: %+v", months)
	}
	for _, c := range [][2]time.Time{{at(2), at(1)}, {at(2).AddDate(-2, 0, 0), at(2)}} {
		if _, err := d.DB.Usage(t.Context(), shop.Key, db.UsageByDay, c[0], c[1]); !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if future, err := d.DB.Usage(t.Context(), shop.Key, db.UsageByDay, time.Now().AddDate(0, 0, 1), time.Now().AddDate(0, 0, 3)); err != nil || len(future) != 0 {
		t.Errorf("tomorrow: %v, %v", future, err)
	}
}

// A failed write loses no counts.
func TestUsageIsKeptUntilItIsWritten(t *testing.T) {
	d := dbtest.New(t)
	shop, ann := d.Tenant(t, "Shop"), d.Person(t, "Ann")
	v := ann.Widget(t, shop)
	d.DB.CountOperation(v)
	d.Exec(t, `ALTER TABLE usage_periods RENAME TO elsewhere`)
	if err := d.DB.FlushUsage(t.Context()); err == nil {
		t.Fatal("it was written to a table that is not there")
	}
	d.DB.CountOperation(v)
	d.Exec(t, `ALTER TABLE elsewhere RENAME TO usage_periods`)
	if got := usage(t, d.DB, shop.Key, db.UsageByDay); got.ActiveUsers != 1 || got.Operations != 2 {
		t.Errorf("%+v", got)
	}
}

// The ledgers of one or two tenants don't identify visitors.
func TestUsageIdentifiesNobody(t *testing.T) {
	d := dbtest.New(t)
	ann, shop, paper := d.Person(t, "Ann"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	d.DB.CountOperation(ann.Widget(t, shop))
	d.DB.CountOperation(ann.Widget(t, paper))
	must(t, d.DB.FlushUsage(t.Context()))
	c := d.Connect(t, d.Superuser())
	if n := count(t, c, `SELECT count(*) FROM usage_visitors`); n != 4 {
		t.Errorf("%d rows, not a day's and a month's at each of two", n)
	}
	if n := count(t, c, `SELECT count(DISTINCT visitor) FROM usage_visitors`); n != 2 {
		t.Errorf("%d hashes for one person at two tenants", n)
	}
	dump := d.Dump(t, "--data-only", "--table", "usage_*")
	for _, id := range []string{ann.ID.String(), d.DB.ViewerID(ann.ID, shop.Key), d.DB.MemberID(ann.ID, shop.Key)} {
		if bytes.Contains(dump, []byte(id)) {
			t.Errorf("the ledger has %s", id)
		}
	}
	// The visitors are deleted when the period is over, but the counts stay.
	d.Exec(t, `UPDATE usage_visitors SET period = CASE length(period) WHEN 7 THEN '2026-01' ELSE '2026-01-15' END WHERE tenant_key = $1`, shop.Key)
	must(t, d.DB.Sweep(t.Context()))
	if n := count(t, c, `SELECT count(*) FROM usage_visitors`); n != 2 {
		t.Errorf("%d rows after the sweep", n)
	}
	if got := usage(t, d.DB, shop.Key, db.UsageByMonth); got.ActiveUsers != 1 {
		t.Errorf("%+v after the sweep", got)
	}
}

// BenchmarkOperated measures counting, which takes two map lookups, also during a flush.
func BenchmarkOperated(b *testing.B) {
	d := dbtest.New(b)
	v := d.Person(b, "Ann").Widget(b, d.Tenant(b, "Shop"))
	b.ReportAllocs()
	for b.Loop() {
		d.DB.CountOperation(v)
	}
}

// Deleting an account removes the person and their notes from the ledger. Their visits stay counted.
func TestUsageForgetsWhoLeaves(t *testing.T) {
	d := dbtest.New(t)
	shop, ann, ben := d.Tenant(t, "Shop"), d.Person(t, "Ann"), d.Person(t, "Ben")
	for _, p := range []*dbtest.Person{ann, ben} {
		v := p.Widget(t, shop)
		for range 2 {
			_, err := d.DB.CreateNote(t.Context(), v.Owner(), db.NewNote{Title: "x"})
			must(t, err)
			d.DB.CountOperation(v)
		}
	}
	gone, err := d.DB.CreateNote(t.Context(), ann.Widget(t, shop).Owner(), db.NewNote{Title: "x"})
	must(t, err)
	must(t, d.DB.DeleteNote(t.Context(), ann.Account.Owner(), gone.ID))
	must(t, d.DB.DeleteAccount(t.Context(), ann.Account))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM usage_visitors`); n != 2 {
		t.Errorf("%d rows, not Ben's day and month", n)
	}
	for _, span := range []db.UsageSpan{db.UsageByDay, db.UsageByMonth} {
		if got := usage(t, d.DB, shop.Key, span); got.ActiveUsers != 2 || got.Operations != 4 || got.Notes != 2 {
			t.Errorf("%+v", got)
		}
	}
	must(t, d.DB.DeleteAccountOf(t.Context(), ben.ID)) // the operator needs no session
	if got := usage(t, d.DB, shop.Key, db.UsageByDay); got.Notes != 0 {
		t.Errorf("%+v", got)
	}
}
