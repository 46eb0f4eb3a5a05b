package db

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/seal"
)

// backupAAD binds a sealed digest to the manifest of a backup.
var backupAAD = []byte("backup manifest")

// Backup writes the database at the owner's URL as it is at one moment, while nodes serve. keys are the
// service's master keys: the file is bound to them and does not contain them. aside is the release that
// writes. It returns ErrMasterKey when keys lacks a master key that the database uses. After an error the
// output is incomplete, and Restore refuses it.
func Backup(ctx context.Context, url string, keys *seal.Keyring, aside string, w io.Writer) (*backupfile.Manifest, error) {
	s, err := takeSnapshot(ctx, url)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	m := &backupfile.Manifest{Aside: aside, CreatedAt: time.Now().UTC().Truncate(time.Second)}
	if err := s.describe(ctx, m); err != nil {
		return nil, err
	}
	for _, id := range m.MasterKeys {
		if !hasKey(keys, id) {
			return nil, ErrMasterKey
		}
	}
	out := backupfile.NewWriter(w)
	for _, t := range s.tables {
		if err := out.Table(t.Name, t.Columns, func(w io.Writer) (int64, error) { return s.copyTable(ctx, t, "", w) }); err != nil {
			return nil, err
		}
	}
	return m, out.Close(m, func(digest []byte) ([]byte, error) { return keys.Seal(ctx, digest, backupAAD) })
}

// describe fills in the manifest's fields about the whole database.
func (s *snapshot) describe(ctx context.Context, m *backupfile.Manifest) error {
	err := s.conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int,
		(SELECT array_agg(DISTINCT name::text) FROM public.bun_migrations),
		(SELECT array_agg(encode(key_id, 'hex') ORDER BY first_used_at) FROM public.master_keys)`).Scan(&m.PostgreSQL, &m.Migrations, &m.MasterKeys)
	if err != nil {
		return err
	}
	slices.Sort(m.Migrations)
	err = s.conn.QueryRow(ctx, `SELECT origin, rp_id FROM public.account_origin`).Scan(&m.AccountOrigin, &m.RPID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	rows, err := s.conn.Query(ctx, `SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename NOT LIKE 'bun\_migration%' ORDER BY 1`)
	if err != nil {
		return err
	}
	m.Sequences, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (q backupfile.Sequence, err error) {
		return q, row.Scan(&q.Name, &q.Last, &q.Called)
	})
	return err
}

// hasKey reports whether the key ring holds the master key with a hexadecimal id.
func hasKey(keys *seal.Keyring, id string) bool {
	return slices.ContainsFunc(keys.IDs(), func(known seal.KeyID) bool { return known.String() == id })
}
