package db

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// Echo returns an argument as PostgreSQL receives it: as text, as bytes and in an array. The array is read as JSON, since
// bun parses an element that begins with "(" as a range. Our own arrays have no such elements.
func (d *DB) Echo(ctx context.Context, s string) (text string, bytes []byte, list []string, err error) {
	var array []byte
	err = d.bun.NewRaw(`SELECT ?::text, ?::bytea, to_json(?::text[])`, s, []byte(s), pgdialect.Array([]string{s, "end"})).
		Scan(ctx, &text, &bytes, &array)
	if err == nil {
		err = json.Unmarshal(array, &list)
	}
	return text, bytes, list, err
}
