package command

import (
	"errors"
	"fmt"
	"os"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backupfile"
)

// Restore fills an empty database from a backup.
type Restore struct {
	databaseFlags
	File string `arg:"" help:"File that aside backup wrote."`
}

// Run restores a backup and prints a report. It checks the file and the key before it touches the database.
func (c *Restore) Run(e *environment) error {
	keys, err := c.existingKeyring(e)
	if err != nil {
		return err
	}
	return readBackup(c.File, func(r *backupfile.Reader) (err error) {
		if err := db.CheckBackup(e.ctx, keys, r); err != nil {
			return err
		}
		d, err := findServer(e, &c.databaseFlags, shareServer)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.close()) }()
		return e.print(newBackupReport(c.File, &r.Manifest), db.Restore(e.ctx, d.url, keys, r))
	})
}

// readBackup opens a backup file for read. Errors name the file.
func readBackup(name string, read func(*backupfile.Reader) error) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", name)
	}
	r, err := backupfile.NewReader(f, fi.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return read(r)
}
