package command

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

// errNoKey is returned if the data directory holds no master key.
var errNoKey = errors.New("no master key")

// keyring reads the master keys. It returns errNoKey if there is none yet and the embedded database may get a new one.
func (f *databaseFlags) keyring(e *environment) (*seal.Keyring, error) {
	text, from, err := f.masterKeys(e)
	if err != nil {
		return nil, err
	}
	return parseKeys(text, from)
}

// existingKeyring reads the master keys of a database that has data already.
func (f *databaseFlags) existingKeyring(e *environment) (*seal.Keyring, error) {
	keys, err := f.keyring(e)
	if errors.Is(err, errNoKey) {
		return nil, fmt.Errorf("the database's master key is required, and %s is missing: restore that file, or set ASIDE_MASTER_KEY", f.keyFile())
	}
	return keys, err
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

// masterKeys returns the text of the keys, and where it is from.
func (f *databaseFlags) masterKeys(e *environment) (text, from string, err error) {
	switch {
	case !f.MasterKey.Empty():
		return f.MasterKey.Reveal(), "ASIDE_MASTER_KEY", nil
	case f.MasterKeyFile != "":
		text, err = readKey(e, f.MasterKeyFile)
		return text, f.MasterKeyFile, err
	case !f.DatabaseURL.Empty():
		return "", "", errors.New("ASIDE_MASTER_KEY (or ASIDE_MASTER_KEY_FILE) is required with DATABASE_URL; " + keyHint)
	}
	name := f.keyFile()
	text, err = readKey(e, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errNoKey
	case errors.Is(err, syscall.ENOTDIR):
		err = fmt.Errorf("%s is not a directory: choose another data directory with --data-dir", f.DataDir)
	}
	return text, name, err
}

func (f *databaseFlags) keyFile() string { return filepath.Join(f.DataDir, "master.key") }

// generateKeyring generates the master key of an embedded database without encrypted data. A database with such data has
// lost its key: it returns an error, since a new key would decrypt nothing.
func (f *databaseFlags) generateKeyring(e *environment, url string) (*seal.Keyring, error) {
	ids, err := db.SealedUnder(e.ctx, url)
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		return nil, fmt.Errorf("%s is missing, and the database is sealed with the master key %s: restore that file, or set ASIDE_MASTER_KEY; without the key nothing in the database can be read", f.keyFile(), ids[0])
	}
	text, err := generateKey(f.keyFile())
	if err != nil {
		return nil, err
	}
	return parseKeys(text, f.keyFile())
}

// maxKeyFile is longer than any list of keys.
const maxKeyFile = 64 << 10

// readKey reads a file of keys. It warns if other users of the machine can read the file.
func readKey(e *environment, name string) (string, error) {
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
		e.log.Warn("every user of this machine can read the master key: chmod 600", "file", name)
	}
	return string(b), nil
}

// generateKey writes a new master key to a file and returns its text. The file is synced to disk before anything is
// encrypted with the key.
func generateKey(name string) (string, error) {
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
	if err := os.Link(temporary.Name(), name); errors.Is(err, fs.ErrExist) { // another process was faster
		b, err := os.ReadFile(name)
		return string(b), err
	} else if err != nil {
		return "", err
	}
	return text, syncDirectory(filepath.Dir(name))
}

// syncDirectory makes the names of a directory's files durable.
func syncDirectory(name string) error {
	directory, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// Keys replaces the master key.
type Keys struct {
	databaseFlags
	Rotate keysRotate `cmd:"" help:"Re-encrypt with the first master key everything that another one encrypts, while nodes serve. Then remove the other keys from the configuration."`
}

type keysRotate struct{}

// Run re-encrypts, and prints the counts. It can be interrupted and run again.
func (c *keysRotate) Run(e *environment, d *db.DB) error {
	return e.print(d.Rotate(e.ctx, func(r db.Rotation) {
		e.log.Info("rotating", "resealed", r.Resealed, "checked", r.Checked, "refused", r.Refused)
	}))
}
