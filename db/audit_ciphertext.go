package db

import (
	"context"
	"errors"

	"github.com/company-a/aside/db/seal"
)

// refused audits a ciphertext that did not open, and gives err back: somebody has changed, cut or
// moved what is stored, or has put back what was. Nobody but an operator can say which. Of what is
// asked for again and again, some are noted.
func (d *DB) refused(ctx context.Context, err error, e Event) error {
	if !errors.Is(err, seal.ErrUnsealed) {
		return err
	}
	e.Actor, e.Action = "database", "ciphertext.refused"
	if _, auditErr := d.noteRefusal(ctx, e, refusedCiphertexts.By(e.Target)); auditErr != nil {
		return errors.Join(err, auditErr)
	}
	return err
}

func (d *DB) refusedNote(ctx context.Context, err error, n *Note) error {
	if !errors.Is(err, seal.ErrUnsealed) { // which is almost always
		return err
	}
	return d.refused(ctx, err, Event{TenantKey: n.TenantKey, Target: "note " + n.ID.String()})
}
