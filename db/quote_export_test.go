package db

import (
	"context"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// Echo has the database say an argument back: as text, as bytes and in an array.
func (d *DB) Echo(ctx context.Context, s string) (text string, bytes []byte, list []string, err error) {
	err = d.bun.NewRaw(`SELECT ?::text, ?::bytea, ?::text[]`, s, []byte(s), pgdialect.Array([]string{s, "end"})).
		Scan(ctx, &text, &bytes, pgdialect.Array(&list))
	return text, bytes, list, err
}
