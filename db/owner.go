package db

import (
	"encoding/hex"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/fault"
)

// ErrNoOwner is returned by every note query that is given the zero Owner.
var ErrNoOwner error = fault.Known("db: no owner")

// An Owner is whose notes a statement may touch: one person at one tenant (a widget
// session), or one person at all tenants (an account session). Only Session.Owner makes
// one, from a session that was looked up; the zero Owner is refused everywhere.
type Owner struct {
	presented string // what the database derives the owner from again
	userID    uuid.UUID
	tenantKey string // "" for all of the person's tenants
	key       seal.Key
	proof     *Proof // of this request, to be spent by its first change; nil for a cookie
}

func (o Owner) valid() error {
	if o.presented == "" || o.userID == uuid.Nil || !o.key.Valid() {
		return ErrNoOwner
	}
	return nil
}

// CursorScope names what a page cursor of this owner is bound to.
func (o Owner) CursorScope() string { return o.userID.String() + "/" + o.tenantKey }

// presented is the value of the setting aside.session: see the migrations.
func presented(hash TokenHash, jkt string) string { return hex.EncodeToString(hash[:]) + jkt }
