package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

const keyHint = "make one with: openssl rand -base64 32"

// errNoKey says that the data directory holds no master key yet, or no longer.
var errNoKey = errors.New("no master key")

// keyring reads the master keys. It returns errNoKey where they are to be made, beside an embedded
// database that nothing is sealed in yet.
func (c *databaseConfig) keyring(env *environment) (*seal.Keyring, error) {
	text, from, err := c.masterKeys(env)
	if err != nil {
		return nil, err
	}
	return parseKeys(text, from)
}

func parseKeys(text, from string) (*seal.Keyring, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" {
		return nil, fmt.Errorf("%s is empty: put the master key there, or, for a new database, %s", from, keyHint)
	}
	var keys [][]byte
	for part := range strings.SplitSeq(text, ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(part))
		if err != nil || len(key) != seal.KeySize {
			return nil, fmt.Errorf("the master key in %s is not 32 bytes in base64; %s", from, keyHint)
		}
		keys = append(keys, key)
	}
	return seal.NewKeyring(keys...)
}

// masterKeys gives the keys' text, and where it is from.
func (c *databaseConfig) masterKeys(env *environment) (text, from string, err error) {
	switch {
	case c.MasterKey != "":
		return string(c.MasterKey), "ASIDE_MASTER_KEY", nil
	case c.MasterKeyFile != "":
		text, err = readKey(env, c.MasterKeyFile)
		return text, c.MasterKeyFile, err
	case c.DatabaseURL != "":
		return "", "", errors.New("ASIDE_MASTER_KEY (or ASIDE_MASTER_KEY_FILE) is required with DATABASE_URL; " + keyHint)
	}
	name := c.keyFile()
	text, err = readKey(env, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errNoKey
	case errors.Is(err, syscall.ENOTDIR):
		err = fmt.Errorf("%s is not a directory: choose another data directory with --data-dir", c.DataDir)
	}
	return text, name, err
}

func (c *databaseConfig) keyFile() string { return filepath.Join(c.DataDir, "master.key") }

// newKeyring makes the master key of an embedded database that nothing is sealed in yet. Another one
// has lost its key: a new one would open nothing, and seal what the old one does not open.
func (c *databaseConfig) newKeyring(env *environment, url string) (*seal.Keyring, error) {
	ids, err := db.SealedUnder(env.ctx, url)
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		return nil, fmt.Errorf("%s is missing, and the database is sealed under the master key %s: put that key back, or give ASIDE_MASTER_KEY; without it nothing that is stored opens", c.keyFile(), ids[0])
	}
	text, err := generatedKey(c.keyFile())
	if err != nil {
		return nil, err
	}
	return parseKeys(text, c.keyFile())
}

// No list of keys is longer.
const maxKeyFile = 64 << 10

// readKey reads a file of keys. It warns of one that other users of the machine can read.
func readKey(env *environment, name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("the master key cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return "", fmt.Errorf("the master key cannot be read: %w", err)
	}
	if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() && fi.Mode().Perm()&0o004 != 0 {
		env.log.Warn("every user of this machine can read the master key: chmod 600", "file", name)
	}
	return string(b), nil
}

// generatedKey makes the master key of a new database. It is on disk for good before anything is
// sealed with it.
func generatedKey(name string) (string, error) {
	key := make([]byte, seal.KeySize)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	text := base64.StdEncoding.EncodeToString(key) + "\n"
	temporary, err := os.CreateTemp(filepath.Dir(name), "master.key.")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if _, err := temporary.WriteString(text); err != nil {
		return "", err
	}
	if err := errors.Join(temporary.Sync(), temporary.Close()); err != nil {
		return "", err
	}
	if err := os.Link(temporary.Name(), name); errors.Is(err, fs.ErrExist) { // another start was faster
		b, err := os.ReadFile(name)
		return string(b), err
	} else if err != nil {
		return "", err
	}
	directory, err := os.Open(filepath.Dir(name))
	if err != nil {
		return "", err
	}
	return text, errors.Join(directory.Sync(), directory.Close())
}
