package command

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/seal"
)

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
