package db_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

// Restore refuses an incomplete or foreign backup before it creates a table.
func TestARestoreIsRefused(t *testing.T) {
	d := dbtest.New(t)
	newNote(t, d)
	file := backUp(t, d)
	otherKeys, _ := newKeyring(t)
	altered := func(change func(*backupfile.Manifest)) []byte {
		r, err := backupfile.NewReader(bytes.NewReader(file), int64(len(file)))
		must(t, err)
		var out bytes.Buffer
		w := backupfile.NewWriter(&out)
		for _, table := range r.Manifest.Tables {
			must(t, r.Table(table, func(rows io.Reader) error {
				return w.Table(table.Name, table.Columns, func(w io.Writer) (int64, error) {
					_, err := io.Copy(w, rows)
					return table.Rows, err
				})
			}))
		}
		m := r.Manifest
		change(&m)
		must(t, w.Close(&m, func(digest []byte) ([]byte, error) {
			return d.Keys.Seal(t.Context(), digest, []byte("backup manifest"))
		}))
		return out.Bytes()
	}
	for name, test := range map[string]struct {
		file []byte
		keys *seal.Keyring
		says string
	}{
		"nothing":                {nil, d.Keys, "no backup of aside"},
		"something else":         {[]byte("-- PostgreSQL database dump"), d.Keys, "no backup of aside"},
		"a half":                 {file[:len(file)/2], d.Keys, "cut short"},
		"all but the last byte":  {file[:len(file)-1], d.Keys, "cut short"},
		"another key":            {file, otherKeys, "sealed under the master key"},
		"a later migration":      {altered(func(m *backupfile.Manifest) { m.Migrations = append(m.Migrations, "20991231000000") }), d.Keys, "newer release"},
		"other tables":           {altered(func(m *backupfile.Manifest) { m.Migrations = m.Migrations[:2] }), d.Keys, "differ in"},
		"what a stranger sealed": {forgeBackup(t, file), d.Keys, "altered"},
	} {
		t.Run(name, func(t *testing.T) {
			url, err := restore(t, test.keys, test.file)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("it says %v", err)
			}
			if rows := contents(t, url)["users"]; len(rows) > 0 {
				t.Errorf("%d users are there", len(rows))
			}
		})
	}
	t.Run("into a database in use", func(t *testing.T) {
		r, err := backupfile.NewReader(bytes.NewReader(file), int64(len(file)))
		must(t, err)
		for _, url := range []string{d.URL, dbtest.NewURL(t)} {
			before := contents(t, url)
			if err := db.Restore(t.Context(), url, d.Keys, r); err == nil || !strings.Contains(err.Error(), "not empty") {
				t.Errorf("it says %v", err)
			}
			if after := contents(t, url); len(after["notes"]) != len(before["notes"]) {
				t.Error("it was changed")
			}
		}
	})
}

// forgeBackup adds another person's passkey to a backup and updates the manifest to match.
func forgeBackup(t *testing.T, file []byte) []byte {
	t.Helper()
	r, err := backupfile.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	var out bytes.Buffer
	w := backupfile.NewWriter(&out)
	for _, table := range r.Manifest.Tables {
		must(t, r.Table(table, func(rows io.Reader) error {
			b, err := io.ReadAll(rows)
			must(t, err)
			if table.Name == "passkeys" {
				b[len(b)-10] ^= 1
			}
			return w.Table(table.Name, table.Columns, func(w io.Writer) (int64, error) {
				_, err := w.Write(b)
				return table.Rows, err
			})
		}))
	}
	m := r.Manifest
	must(t, w.Close(&m, func(digest []byte) ([]byte, error) { return append([]byte{1, 2, 3, 4, 5}, digest...), nil }))
	return out.Bytes()
}

// Changing any byte of a backup makes Restore fail or has no effect on the result.
func TestNoChangedByteIsRestored(t *testing.T) {
	d := dbtest.New(t)
	newNote(t, d)
	file := backUp(t, d)
	read := func(file []byte) (string, error) {
		r, err := backupfile.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return "", err
		}
		if err := db.CheckBackup(t.Context(), d.Keys, r); err != nil {
			return "", err
		}
		var all strings.Builder
		for _, table := range r.Manifest.Tables {
			must(t, r.Table(table, func(rows io.Reader) error { _, err := io.Copy(&all, rows); return err }))
		}
		return all.String(), nil
	}
	whole, err := read(file)
	must(t, err)
	refused := 0
	for range dbtest.Rounds(2000, 50_000) {
		at := mathrand.IntN(len(file))
		changed := bytes.Clone(file)
		changed[at] ^= byte(1 + mathrand.IntN(255))
		got, err := read(changed)
		if err != nil {
			refused++
		} else if got != whole {
			t.Fatalf("byte %d of %d may be changed", at, len(file))
		}
	}
	if refused == 0 {
		t.Error("nothing is refused")
	}
}

// An interrupted restore leaves a database that can't be served. Another restore completes it.
func TestAStoppedRestoreIsFinished(t *testing.T) {
	d := dbtest.New(t)
	insertOddRows(t, d)
	file := backUp(t, d)
	url, halves := dbtest.EmptyURL(t), 0
	for stopAfter := 0; ; stopAfter += 60 << 10 {
		ctx, stop := context.WithCancel(t.Context())
		stopping := &stoppingReader{Reader: bytes.NewReader(file), left: len(file) + stopAfter, stop: stop} // Restore reads the file twice
		r, err := backupfile.NewReader(stopping, int64(len(file)))
		must(t, err)
		err = db.Restore(ctx, url, d.Keys, r)
		stop()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) && ctx.Err() == nil {
			t.Fatal(err)
		}
		there := contents(t, url)
		if len(there["users"])+len(there["notes"]) > 0 {
			t.Fatal("half of it is there")
		}
		if _, marked := there["restore_under_way"]; !marked {
			continue // Restore had written nothing yet
		}
		halves++
		if _, err := db.Migrate(t.Context(), url); err == nil || !strings.Contains(err.Error(), "not finished") {
			t.Fatalf("it is taken for a service's: %v", err)
		}
	}
	if halves == 0 {
		t.Error("none was stopped halfway")
	}
	if before, after := contents(t, d.URL), contents(t, url); !slices.Equal(before["notes"], after["notes"]) || !slices.Equal(before["users"], after["users"]) {
		t.Error("it is not what it was")
	}
}

type stoppingReader struct {
	*bytes.Reader
	left int
	stop context.CancelFunc
}

func (s *stoppingReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.Reader.ReadAt(p, off)
	if s.left -= n; s.left < 0 {
		s.stop()
	}
	return n, err
}
