package db_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// BenchmarkAnnouncedChange measures the cost of announcing a change: after its commit, in its transaction, and not at all.
// Sixteen goroutines write at the same time, since commits with NOTIFY all wait for one lock.
func BenchmarkAnnouncedChange(b *testing.B) {
	for _, way := range []struct {
		name  string
		trash func(*db.DB, context.Context, db.Owner, uuid.UUID) (*db.Note, error)
	}{
		{"afterwards", (*db.DB).TrashNote}, {"within", (*db.DB).TrashNotifying}, {"never", (*db.DB).TrashSilently},
	} {
		b.Run(way.name, func(b *testing.B) {
			d := dbtest.Open(b, dbtest.NewURL(b), db.Options{MaxConns: 16})
			shop := d.Tenant(b, "Shop")
			writers := make(chan db.Owner, 16)
			for range cap(writers) {
				writers <- d.Person(b, "Somebody").Widget(b, shop).Owner()
			}
			b.SetParallelism(cap(writers) / runtime.GOMAXPROCS(0))
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				owner := <-writers
				n, err := d.DB.CreateNote(b.Context(), owner, db.NewNote{Title: "written again and again"})
				for p.Next() && err == nil {
					_, err = way.trash(d.DB, b.Context(), owner, n.ID)
				}
				if err != nil {
					b.Error(err)
				}
			})
		})
	}
}
