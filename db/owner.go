package db

import (
	"encoding/hex"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/fault"
)

// ErrNoOwner is returned by every note query for the zero Owner.
var ErrNoOwner error = fault.Known("db: no owner")

// An Owner says whose notes a statement may touch: those of one person at one tenant (a widget
// session), or at all tenants (an account session). Only Session.Owner returns one, from a session
// that was looked up. Every query refuses the zero Owner.
type Owner struct {
	setting   string // the database derives the owner from it again
	userID    uuid.UUID
	tenantKey string // "" for all of the person's tenants
	key       seal.Key
	proof     *Proof // of this request, spent by its first change; nil for a cookie
}

func (o Owner) valid() error {
	if o.setting == "" || o.userID == uuid.Nil || !o.key.Valid() {
		return ErrNoOwner
	}
	return nil
}

// CursorScope returns what a page cursor of this owner is bound to.
func (o Owner) CursorScope() string { return o.userID.String() + "/" + o.tenantKey }

// sessionSetting returns the value of the setting aside.session: see the migrations.
func sessionSetting(hash TokenHash, jkt string) string { return hex.EncodeToString(hash[:]) + jkt }
