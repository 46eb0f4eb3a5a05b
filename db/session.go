package db

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A TokenHash is what is kept of a secret: its SHA-256. The secrets have 256 random bits,
// so that no salt or slow hash is needed.
type TokenHash [sha256.Size]byte

// HashToken hashes a presented secret.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

// A SessionKind says what a session is a session of.
type SessionKind string

// The kinds of session.
const (
	SessionAccount SessionKind = "ACCOUNT" // a cookie at the account origin
	SessionWidget  SessionKind = "WIDGET"  // an access token at the frame origin, bound to a key
)

// A Session is a live session that somebody has just presented the token of.
type Session struct {
	ID          uuid.UUID
	Kind        SessionKind
	UserID      uuid.UUID
	TenantKey   string // of a widget session
	EmbedOrigin string // of a widget session
	JKT         string // of a widget session: RFC 7638 thumbprint of its DPoP key
	SubjectHash string // of a widget session: a keyed hash of whom its page asserted; "" for nobody
	Vouched     bool   // the account is the tenant's to open
	CreatedAt   time.Time
	LastUsedAt  time.Time
	ExpiresAt   time.Time
	DisplayName string // of the user
	From        string // the address that this request came from, for the audit log; set by who looked it up

	owner Owner
}

// Owner is whose notes this session may touch.
func (s *Session) Owner() Owner { return s.owner }

// A NewSession is a session about to be made. Its row is made by the act that grants it:
// SignUp, SignIn, RedeemCode.
type NewSession struct {
	Token     TokenHash
	Idle      time.Duration // ends when unused for this long
	Lifetime  time.Duration // ends in any case
	OwnOrigin string        // of a widget session: the one origin, ours, that no tenant need list
	From      string        // the address that this request came from, for the audit log
}

// Last use is written at most this often.
const touchInterval = time.Minute

// ErrNoSession is returned for a token that belongs to no live session: never issued,
// expired, idle for too long, revoked, or proved with another key.
var ErrNoSession error = &Error{Code: CodeUnavailable, Message: "There is no active session. Sign in again."}

const selectSession = `SELECT id, kind, user_id, coalesce(tenant_key, ''), coalesce(embed_origin, ''), jkt, subject, vouched,
	created_at, last_used_at, expires_at, display_name, data_key, subject_hash, sealed_name FROM current_session()`

// LookUpSession finds the live session of a token that was proved with the key of
// thumbprint jkt ("" for a cookie), and notes that it is in use. It returns ErrNoSession
// when there is none. For a moment (Options.SessionCache) it may find a session that another
// node has just ended; that one opens nothing any more.
func (d *DB) LookUpSession(ctx context.Context, token TokenHash, jkt string) (_ *Session, err error) {
	defer place(&err, "db.LookUpSession")
	if s := d.sessions.get(token, jkt); s != nil {
		return s, nil
	}
	turn := d.sessions.turn.Load()
	s, err := d.readSession(ctx, presented(token, jkt))
	if err != nil {
		return nil, err
	}
	if time.Since(s.LastUsedAt) > touchInterval {
		if _, err := d.execAsAuthority(ctx, touchSession, s.ID); err != nil {
			return nil, err
		}
	}
	d.sessions.put(token, s, turn)
	return s, nil
}

// PeekSession is LookUpSession for what a page does by itself, as when it opens a stream. It does not
// count as using the session.
func (d *DB) PeekSession(ctx context.Context, token TokenHash, jkt string) (_ *Session, err error) {
	defer place(&err, "db.PeekSession")
	if s := d.sessions.get(token, jkt); s != nil {
		return s, nil
	}
	return d.readSession(ctx, presented(token, jkt))
}

// readSession asks the database which live session a setting presents.
func (d *DB) readSession(ctx context.Context, setting string) (*Session, error) {
	var s Session
	var dataKey, subjectHash []byte
	var subject *string // in the clear
	var name storedName
	err := d.retry(ctx, func() error {
		results, err := d.batchAsPerson(ctx, setting, nil, func(b *pgx.Batch) { b.Queue(selectSession) })
		if err != nil {
			return err
		}
		err = results.QueryRow().Scan(&s.ID, &s.Kind, &s.UserID, &s.TenantKey, &s.EmbedOrigin, &s.JKT, &subject, &s.Vouched,
			&s.CreatedAt, &s.LastUsedAt, &s.ExpiresAt, &name.clear, &dataKey, &subjectHash, &name.sealed)
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNoSession
	}
	if err != nil {
		return nil, err
	}
	key, err := d.keys.OpenDataKey(ctx, s.UserID, dataKey)
	if err != nil {
		return nil, d.auditUnsealed(ctx, err, Event{TenantKey: s.TenantKey, Target: "data key of " + s.UserID.String()})
	}
	s.owner = Owner{presented: setting, userID: s.UserID, tenantKey: s.TenantKey, key: key}
	if subject != nil {
		subjectHash = d.subjectHash(s.TenantKey, *subject)
	}
	s.SubjectHash = string(subjectHash)
	s.DisplayName, err = d.openName(ctx, key, userName, s.UserID, name)
	return &s, err
}

// stillLive returns ErrNoSession when o's session has ended since it was looked up. Whoever
// finds nothing behind the wall asks, since the wall answers an ended session with nothing.
func (d *DB) stillLive(ctx context.Context, o Owner) error {
	_, err := d.readSession(ctx, o.presented)
	return err
}

const touchSession = `UPDATE sessions SET last_used_at = now()
	WHERE id = $1 AND last_used_at < now() - interval '30 seconds' AND revoked_at IS NULL`

// KnowsToken reports whether a token is, or was a short while ago, that of a session.
func (d *DB) KnowsToken(ctx context.Context, token TokenHash) (yes bool, err error) {
	defer place(&err, "db.KnowsToken")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT EXISTS (SELECT FROM sessions WHERE token_hash = ?)`, token[:]).Scan(ctx, &yes)
	})
	return yes, err
}

// openedBy is what an account session rests on: a passkey, and whether its use confirms the session.
type openedBy struct {
	passkey  uuid.UUID
	confirms bool
}

// insertAccountSession makes user's account session and ends the one it replaces, so that
// the cookie's value changes at each sign-in (CVE-2024-28197). The caller holds both their users.
func insertAccountSession(ctx context.Context, tx authorityTx, user uuid.UUID, by openedBy, s NewSession, replaces *TokenHash) error {
	id := newID()
	chain, err := continueChain(ctx, tx, user, id, replaces)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, expires_at)
		VALUES (?, 'ACCOUNT', ?, ?, ?, ?, CASE WHEN ? THEN now() END, make_interval(secs => ?), now() + make_interval(secs => ?))`,
		id, s.Token[:], user, chain, by.passkey, by.confirms, s.Idle.Seconds(), s.Lifetime.Seconds()).Exec(ctx)
	return err
}

// newID makes an id that sorts by time (UUIDv7, RFC 9562 §5.7).
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// live is what PostgreSQL knows a session by that has not ended: presented_session, in the
// migrations, has the same words.
const live = `revoked_at IS NULL AND expires_at > now() AND last_used_at + idle_timeout > now()`

// Sessions lists a person's live sessions, the one used last first. They have no Owner: nobody
// presented their tokens.
func (d *DB) Sessions(ctx context.Context, user uuid.UUID) (list []*Session, err error) {
	defer place(&err, "db.Sessions")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT id, kind, user_id, coalesce(tenant_key, '') AS tenant_key, coalesce(embed_origin, '') AS embed_origin,
				created_at, last_used_at, expires_at
			FROM sessions WHERE user_id = ? AND `+live+` ORDER BY last_used_at DESC, id DESC LIMIT ?`, user, MaxSessions).Scan(ctx, &list)
	})
	return list, err
}
