package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/company-a/aside/db/postgres"
)

// measureStart starts the service on an embedded PostgreSQL with an existing cluster that was
// stopped cleanly, and waits until the service answers that it is ready.
func (b *bench) measureStart(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "aside-bench-start-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, postgres.Remove(dir), os.RemoveAll(dir)) }()
	var took []float64
	for i := range 1 + max(3, b.pairs) {
		began := time.Now()
		s, err := b.serve(ctx, "aside-start", b.aside, "", dir)
		if err != nil {
			return err
		}
		_, err = get(ctx, "http://"+s.address+"/readyz")
		if i > 0 { // the first makes the cluster
			took = append(took, time.Since(began).Seconds())
		}
		s.stop()
		if err != nil {
			return err
		}
	}
	b.table.set("start", took, "from exec to the answer of /readyz, PostgreSQL's own start included")
	return nil
}
