package db

import (
	"encoding/hex"
	"strings"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/fault"
)

// ErrNoOwner is returned by every note query for the zero Owner.
var ErrNoOwner error = fault.Known("db: no owner")

// An Owner limits the notes that a statement may touch: those of one person at one tenant (a widget
// session), or at all tenants (an account session). Only Session.Owner returns one, from a session
// that was looked up. Every query refuses the zero Owner.
type Owner struct {
	present     string // the statement that presents the session to the database, which derives the owner again
	token       Token
	jkt         string
	userID      uuid.UUID
	tenantKey   string // "" for all of the person's tenants
	embedOrigin string // "" for an account session
	key         seal.Key
	sealing     AccountSealing // of the person's notes, when the session was looked up
	proof       *Proof         // of this request, spent by its first change; nil for a cookie
}

func (o Owner) valid() error {
	if o.present == "" || o.userID == uuid.Nil || !o.key.Valid() {
		return ErrNoOwner
	}
	return nil
}

// CursorScope returns what a page cursor of this owner is bound to.
func (o Owner) CursorScope() string { return o.userID.String() + "/" + o.tenantKey }

// presentation returns the statement that presents a session to the database for the rest of a transaction, in setting.
// For an account session, jkt and tenantKey are "". The migrations describe the value. SET takes no parameters, so the
// value may contain only letters, digits, "-" and "_".
func presentation(setting string, token Token, jkt, tenantKey string) (string, error) {
	if (tenantKey == "") != (jkt == "") || jkt != "" && len(jkt) != thumbprintLength || strings.ContainsFunc(jkt+tenantKey, unsettable) {
		return "", errUnpresentable
	}
	return "SET LOCAL " + setting + " = '" + hex.EncodeToString(token.User[:]) + hex.EncodeToString(token.Hash[:]) + jkt + tenantKey + "'", nil
}

const (
	sessionSetting = "aside.session"
	mergingSetting = "aside.merging"
)

// thumbprintLength is the length of a SHA-256 thumbprint (RFC 7638) in base64url.
const thumbprintLength = 43

var errUnpresentable = fault.Known("db: a session with a key or tenant that cannot be presented")

func unsettable(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
