package main

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
	"github.com/company-a/aside/db/backup"
	"github.com/company-a/aside/db/seal"
)

type backupCommand struct {
	databaseConfig
	File string `arg:"" help:"The file to write; there must be none of that name."`
}

// A backupReport is what is printed of a backup that was written or restored.
type backupReport struct {
	File       string    `json:"file"`
	CreatedAt  time.Time `json:"createdAt"`
	Tables     int       `json:"tables"`
	Rows       int64     `json:"rows"`
	RPID       string    `json:"rpID,omitempty"`
	MasterKeys []string  `json:"masterKeys"`
	Notice     string    `json:"notice,omitempty"`
}

func reportOf(file string, m *backup.Manifest) backupReport {
	return backupReport{File: file, CreatedAt: m.CreatedAt, Tables: len(m.Tables), Rows: m.Rows(), RPID: m.RPID, MasterKeys: m.MasterKeys}
}

// Run writes a backup, and prints what is in it as JSON.
func (c *backupCommand) Run(env *environment) (err error) {
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s exists: give another name", c.File)
	}
	keys, err := c.ownKeyring(env)
	if err != nil {
		return err
	}
	var s store
	if err := s.reach(env, &c.databaseConfig, ofRunning); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var m *backup.Manifest
	err = writeWhole(c.File, func(w io.Writer) (err error) {
		m, err = db.Backup(env.ctx, s.url, keys, thisBuild().Version, w)
		return err
	})
	if err != nil {
		return err
	}
	report := reportOf(c.File, m)
	report.Notice = "The master key is not in this file, and nothing opens without it: keep the key too, and elsewhere."
	return json.NewEncoder(env.stdout).Encode(report)
}

// ownKeyring is keyring for commands that need the key of a database which has one already.
func (c *databaseConfig) ownKeyring(env *environment) (*seal.Keyring, error) {
	keys, err := c.keyring(env)
	if errors.Is(err, errNoKey) {
		return nil, fmt.Errorf("the master key of the database is needed, and %s is missing: put it there, or give ASIDE_MASTER_KEY", c.keyFile())
	}
	return keys, err
}

// writeWhole writes a file that is there in whole, on disk for good, or not at all. What a killed
// process leaves has another name, which ends in .unfinished.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.unfinished")
	if err != nil {
		return unwritten(name, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = unwritten(name, err)
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
	directory, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// unwritten says in one sentence why a file was not written, where the disk is why.
func unwritten(name string, err error) error {
	dir := filepath.Dir(name)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%s was not written: there is no room left in %s", name, dir)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was not written: there is no directory %s", name, dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s was not written: the directory %s cannot be written to", name, dir)
	}
	return err
}
