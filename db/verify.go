package db

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/seal"
)

// A Verification is the result of opening everything that is sealed. It holds ids, and no opened text.
type Verification struct {
	Checked map[string]int64 `json:"checked"` // by table and column
	Refused int64            `json:"refused"`
	Rows    []RefusedRow     `json:"rows"` // those that do not open; at most the first thousand
}

// A RefusedRow is a row with a sealed value that does not open.
type RefusedRow struct {
	Column string `json:"column"` // table and column
	ID     string `json:"id"`
	User   string `json:"user,omitempty"`
	Why    string `json:"why"`
}

// maxRefusedRows limits the report: what is wrong with more rows is likely the same.
const maxRefusedRows = 1000

// VerifyDatabase opens everything that is sealed in the database at the owner's URL, in one snapshot.
func VerifyDatabase(ctx context.Context, url string, keys *seal.Keyring) (*Verification, error) {
	s, err := takeSnapshot(ctx, url)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	return verify(ctx, keys, s.tables, func(t backupfile.Table, do func([][]byte) error) error {
		order := ""
		if t.Name == "notes" {
			order = " ORDER BY user_id" // so that each key is opened once
		}
		return s.eachRow(ctx, t, order, do)
	})
}

// eachRow reads a table row by row.
func (s *snapshot) eachRow(ctx context.Context, t backupfile.Table, order string, do func([][]byte) error) error {
	r, w := io.Pipe()
	copied := make(chan error, 1)
	go func() {
		_, err := s.copyTable(ctx, t, order, w)
		_ = w.CloseWithError(err) // never fails
		copied <- err
	}()
	_, err := backupfile.EachRow(r, do)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	_ = r.CloseWithError(err) // never fails
	if copyErr := <-copied; err == nil || copyErr != nil && !errors.Is(copyErr, err) {
		err = copyErr
	}
	return err
}

// VerifyBackup compares a backup with its manifest, and opens everything that is sealed in it.
func VerifyBackup(ctx context.Context, keys *seal.Keyring, r *backupfile.Reader) (*Verification, error) {
	if err := r.Authentic(func(sealed []byte) ([]byte, error) { return keys.Open(ctx, sealed, backupAAD) }); err != nil {
		return nil, err
	}
	if err := r.Check(); err != nil {
		return nil, err
	}
	return verify(ctx, keys, r.Manifest.Tables, func(t backupfile.Table, do func([][]byte) error) error {
		return r.Table(t, func(rows io.Reader) error {
			n, err := backupfile.EachRow(rows, do)
			if err == nil && n != t.Rows {
				err = &backupfile.AlteredError{Part: fmt.Sprintf("%s has %d rows and not %d", t.Name, n, t.Rows)}
			}
			return err
		})
	})
}

// A verifier opens sealed values from a database or a backup. It stores people's wrapped keys, about a
// hundred bytes each.
type verifier struct {
	keys    *seal.Keyring
	wrapped map[uuid.UUID][]byte
	opened  *lru.Cache[uuid.UUID, seal.Key]
	result  *Verification
}

func verify(ctx context.Context, keys *seal.Keyring, tables []backupfile.Table, each func(backupfile.Table, func([][]byte) error) error) (*Verification, error) {
	opened, err := lru.New[uuid.UUID, seal.Key](1000)
	if err != nil {
		return nil, err
	}
	v := &verifier{keys, map[uuid.UUID][]byte{}, opened, &Verification{Checked: map[string]int64{}, Rows: []RefusedRow{}}}
	// The root secret and people's keys come first: they open the rest.
	first := []string{"root_secret", "users"}
	tables = slices.Clone(tables)
	slices.SortStableFunc(tables, func(a, b backupfile.Table) int { return slices.Index(first, b.Name) - slices.Index(first, a.Name) })
	for _, t := range tables {
		columns := slices.DeleteFunc(slices.Clone(sealedColumns), func(c sealedColumn) bool { return c.table != t.Name })
		if len(columns) == 0 {
			continue
		}
		err := each(t, func(fields [][]byte) error {
			r := sealedRow{t, fields}
			if t.Name == "users" {
				v.wrapped[r.id("id")] = slices.Clone(r.field("data_key"))
			}
			for _, c := range columns {
				v.check(ctx, c, r)
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return v.result, nil
}

// openColumn opens one ciphertext with the key of its column: a master key, a person's data key, or
// the key of a tenant's visitors.
func (v *verifier) openColumn(ctx context.Context, c sealedColumn, r sealedRow, sealed []byte) error {
	bound := string(r.field(c.bound))
	if c.aad != nil {
		secret, err := v.keys.Open(ctx, sealed, c.aad(r.id(c.key), bound))
		if err == nil && c.table == "root_secret" {
			v.keys.SetRoot(secret)
		}
		return err
	}
	key, err := v.columnKey(ctx, c, r, bound)
	if err != nil {
		return err
	}
	if c.field == "" {
		_, err := key.OpenText(seal.Place{User: r.id(c.user), Tenant: bound, Note: r.id(c.key), Version: r.number("version")}, sealed)
		return err
	}
	_, err = key.Open(sealed, c.field.AAD(bound, r.field(c.key)))
	return err
}

// columnKey returns the key of a column that is not sealed under a master key.
func (v *verifier) columnKey(ctx context.Context, c sealedColumn, r sealedRow, tenantKey string) (seal.Key, error) {
	if c.user != "" {
		return v.dataKey(ctx, r.id(c.user))
	}
	if v.keys.Root() == nil {
		return seal.Key{}, errors.New("db: the root secret does not open")
	}
	return visitorKey(v.keys, tenantKey), nil
}

// check opens one column of a row.
func (v *verifier) check(ctx context.Context, c sealedColumn, r sealedRow) {
	sealed := r.field(c.sealed)
	if sealed == nil {
		return // nothing is sealed: a deleted note, or a key of another kind
	}
	name := c.table + "." + c.sealed
	v.result.Checked[name]++
	if err := v.openColumn(ctx, c, r, sealed); err != nil {
		v.result.Refused++
		if len(v.result.Rows) < maxRefusedRows {
			row := RefusedRow{Column: name, ID: r.name(c.key), Why: reason(err)}
			if c.user != "" {
				row.User = r.id(c.user).String()
			}
			v.result.Rows = append(v.result.Rows, row)
		}
	}
}

// reason returns an error's text without the package's name.
func reason(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "db: "), "seal: ")
}

// dataKey opens a person's data key.
func (v *verifier) dataKey(ctx context.Context, user uuid.UUID) (seal.Key, error) {
	if key, ok := v.opened.Get(user); ok {
		return key, nil
	}
	wrapped, ok := v.wrapped[user]
	if !ok {
		return seal.Key{}, errors.New("db: its person is not there")
	}
	key, err := v.keys.OpenDataKey(ctx, user, wrapped)
	if err != nil {
		return seal.Key{}, fmt.Errorf("db: its person's data key does not open: %w", err)
	}
	v.opened.Add(user, key)
	return key, nil
}

// A sealedRow is a row as COPY writes it in its binary format.
type sealedRow struct {
	table  backupfile.Table
	fields [][]byte
}

func (r sealedRow) field(column string) []byte {
	i := slices.IndexFunc(r.table.Columns, func(c backupfile.Column) bool { return c.Name == column })
	if i < 0 || i >= len(r.fields) { // an SQL constant
		return nil
	}
	return r.fields[i]
}

func (r sealedRow) id(column string) (id uuid.UUID) {
	copy(id[:], r.field(column))
	return id
}

// name returns how people identify the row: by a UUID, or by another key in hexadecimal.
func (r sealedRow) name(column string) string {
	key := r.field(column)
	if id, err := uuid.FromBytes(key); err == nil {
		return id.String()
	}
	return hex.EncodeToString(key)
}

func (r sealedRow) number(column string) int {
	f := r.field(column)
	if len(f) != 4 {
		return 0
	}
	return int(binary.BigEndian.Uint32(f))
}
