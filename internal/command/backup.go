package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/version"
)

// Backup writes the whole database to a file.
type Backup struct {
	databaseFlags
	File string `arg:"" help:"File to write. It must not exist."`
}

// A backupReport describes a backup that was written or restored.
type backupReport struct {
	File       string    `json:"file"`
	CreatedAt  time.Time `json:"createdAt"`
	Tables     int       `json:"tables"`
	Rows       int64     `json:"rows"`
	RPID       string    `json:"rpID,omitempty"`
	MasterKeys []string  `json:"masterKeys"`
	Notice     string    `json:"notice,omitempty"`
}

func newBackupReport(file string, m *backupfile.Manifest) backupReport {
	return backupReport{File: file, CreatedAt: m.CreatedAt, Tables: len(m.Tables), Rows: m.Rows(), RPID: m.RPID, MasterKeys: m.MasterKeys}
}

// Run writes a backup and prints a report.
func (c *Backup) Run(e *environment) (err error) {
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s exists: give another name", c.File)
	}
	keys, err := c.existingKeyring(e)
	if err != nil {
		return err
	}
	d, err := findServer(e, &c.databaseFlags, shareServer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	var m *backupfile.Manifest
	err = writeFile(c.File, func(w io.Writer) (err error) {
		m, err = db.Backup(e.ctx, d.url, keys, version.Running().Version, w)
		return err
	})
	if err != nil {
		return err
	}
	report := newBackupReport(c.File, m)
	report.Notice = "The master key is not in this file, and without the key nothing in the file can be read: back up the key too, in another place."
	return e.print(report, nil)
}

// writeFile writes a file completely and durably, or not at all. A killed process leaves a file of another name, which
// ends in .unfinished.
func writeFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.unfinished")
	if err != nil {
		return explainWrite(name, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = explainWrite(name, err)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(name))
}

// explainWrite replaces an error of the file system by a sentence for the operator.
func explainWrite(name string, err error) error {
	dir := filepath.Dir(name)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%s was not written: there is no space left in %s", name, dir)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was not written: there is no directory %s", name, dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s was not written: the directory %s is not writable", name, dir)
	}
	return err
}

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

// Verify checks that everything encrypted can be decrypted.
type Verify struct {
	databaseFlags
	File string `arg:"" optional:"" help:"Backup file to check. Default: the database."`
}

// Run decrypts everything and prints the ids, and no contents, of what cannot be decrypted. It returns an error if there
// is any.
func (c *Verify) Run(e *environment) error {
	keys, err := c.existingKeyring(e)
	if err != nil {
		return err
	}
	v, err := c.verify(e, keys)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(e.stdout).Encode(v); err != nil {
		return err
	}
	if v.Refused > 0 {
		return fmt.Errorf("%d sealed values do not open with the given master keys", v.Refused)
	}
	return nil
}

func (c *Verify) verify(e *environment, keys *seal.Keyring) (v *db.Verification, err error) {
	if c.File != "" {
		err := readBackup(c.File, func(r *backupfile.Reader) (err error) {
			v, err = db.VerifyBackup(e.ctx, keys, r)
			return err
		})
		return v, err
	}
	d, err := findServer(e, &c.databaseFlags, shareServer)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	return db.VerifyDatabase(e.ctx, d.url, keys)
}
