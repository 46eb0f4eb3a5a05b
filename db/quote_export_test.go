package db

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// Echo has the database say an argument back: as text, as bytes and in an array. The array comes back as JSON:
// bun reads "(" in one as the beginning of a range, so that we keep in arrays what has none.
func (d *DB) Echo(ctx context.Context, s string) (text string, bytes []byte, list []string, err error) {
	var array []byte
	err = d.bun.NewRaw(`SELECT ?::text, ?::bytea, to_json(?::text[])`, s, []byte(s), pgdialect.Array([]string{s, "end"})).
		Scan(ctx, &text, &bytes, &array)
	if err == nil {
		err = json.Unmarshal(array, &list)
	}
	return text, bytes, list, err
}
