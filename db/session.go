package db

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A SessionKind says where a session is used.
type SessionKind string

// The kinds of session.
const (
	SessionAccount SessionKind = "ACCOUNT" // a cookie at the account origin
	SessionWidget  SessionKind = "WIDGET"  // an access token at the frame origin, bound to a key
)

// A Session is a live session of a person, as LookUpSession and Sessions return it.
type Session struct {
	ID          uuid.UUID
	Kind        SessionKind
	UserID      uuid.UUID
	TenantKey   string // of a widget session
	EmbedOrigin string // of a widget session
	JKT         string // of a widget session: RFC 7638 thumbprint of its DPoP key
	SubjectHash string // of a widget session: a keyed hash of the subject that its page asserted; "" without one
	Vouched     bool   // the tenant vouches for the account
	CreatedAt   time.Time
	LastUsedAt  time.Time
	ExpiresAt   time.Time
	DisplayName string // of the user
	Device      string // browser and system, for the person to recognize; "" if unknown; set by Sessions

	Sealing       AccountSealing // of the user's notes
	KeyGeneration int            // of the user's content key; 0 if there never was one
	From          string         // the client's address in this request, for the audit log; set by the caller of LookUpSession

	idle  time.Duration // it ends when unused for this long
	owner Owner
}

// Owner returns the owner of the notes that this session may touch.
func (s *Session) Owner() Owner { return s.owner }

// A NewSession is a session to be made by the operation that grants it: SignUp, SignIn, RedeemCode.
type NewSession struct {
	Token     TokenHash     // hash of the secret of its token
	Idle      time.Duration // it ends when unused for this long
	Lifetime  time.Duration // it ends after this time in any case
	OwnOrigin string        // of a widget session: the service's own origin, which no tenant need list
	From      string        // the client's address, for the audit log
	Device    string        // the client's browser and system; "" if unknown
	Ceremony  *Ceremony     // of a login: SignIn spends it
}

// touchInterval is the minimum time between two updates of a session's last use.
const touchInterval = time.Minute

// ErrNoSession is returned for a token without a live session: unknown, expired, idle for too long,
// revoked, or presented with another key.
var ErrNoSession error = &Error{Code: CodeUnavailable, Message: "There is no active session. Sign in again."}

const sessionOf = `SELECT s.id, s.kind, s.user_id, coalesce(s.tenant_key, ''), coalesce(s.embed_origin, ''), s.jkt, s.subject,
		u.vouched_by IS NOT NULL, s.created_at, s.last_used_at, s.expires_at, u.display_name, u.data_key, s.subject_hash, u.sealed_name,
		extract(epoch FROM s.idle_timeout)::float8, u.sealing, u.key_generation
	FROM sessions s JOIN users u ON u.id = s.user_id
	WHERE s.token_hash = $1 AND s.jkt = $2 AND s.kind IN ('ACCOUNT', 'WIDGET') AND ` + liveSession

// selectSession finds the session of a token, and selectSessionAlone that of a token that does not name its user.
const (
	selectSession      = sessionOf + ` AND s.user_id = $3`
	selectSessionAlone = sessionOf
)

// LookUpSession returns the live session of a token and records its use. jkt is the thumbprint of the key that
// proved the token, "" for a cookie. It returns ErrNoSession if there is none. For a moment (Options.SessionCache)
// it may return a session that another node has just ended, but the database gives that session no notes.
func (d *DB) LookUpSession(ctx context.Context, token Token, jkt string) (_ *Session, err error) {
	defer place(&err, "db.LookUpSession")
	if s := d.sessions.get(token.Hash, jkt); s != nil {
		return s, nil
	}
	generation := d.sessions.generation.Load()
	s, err := d.readSession(ctx, token, jkt)
	if err != nil {
		return nil, err
	}
	if time.Since(s.LastUsedAt) > touchInterval {
		if _, err := d.execAsAuthority(ctx, touchSession, s.UserID, s.ID, s.idle.Seconds()); err != nil {
			return nil, err
		}
	}
	d.sessions.put(token.Hash, s, generation)
	return s, nil
}

// PeekSession is LookUpSession without recording a use, for what a page does by itself, such as opening a stream.
func (d *DB) PeekSession(ctx context.Context, token Token, jkt string) (_ *Session, err error) {
	defer place(&err, "db.PeekSession")
	if s := d.sessions.get(token.Hash, jkt); s != nil {
		return s, nil
	}
	return d.readSession(ctx, token, jkt)
}

// readSession returns the live session of a token.
func (d *DB) readSession(ctx context.Context, token Token, jkt string) (*Session, error) {
	var s Session
	var dataKey, subjectHash []byte
	var subject *string // in the clear, from an older release
	var name storedName
	var idle float64
	err := d.retry(ctx, func() error {
		results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) {
			if token.User == uuid.Nil {
				b.Queue(selectSessionAlone, token.Hash[:], jkt)
			} else {
				b.Queue(selectSession, token.Hash[:], jkt, idArgument(token.User))
			}
		})
		if err != nil {
			return err
		}
		err = results.QueryRow().Scan(&s.ID, &s.Kind, &s.UserID, &s.TenantKey, &s.EmbedOrigin, &s.JKT, &subject, &s.Vouched,
			&s.CreatedAt, &s.LastUsedAt, &s.ExpiresAt, &name.plaintext, &dataKey, &subjectHash, &name.sealed, &idle, &s.Sealing, &s.KeyGeneration)
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
	s.idle = time.Duration(idle * float64(time.Second))
	token.User = s.UserID
	present, err := presentation(sessionSetting, token, jkt, s.TenantKey)
	if err != nil {
		return nil, err
	}
	s.owner = Owner{present: present, token: token, jkt: jkt, userID: s.UserID, tenantKey: s.TenantKey, embedOrigin: s.EmbedOrigin, key: key, sealing: s.Sealing}
	if subject != nil {
		subjectHash = d.subjectHash(s.TenantKey, *subject)
	}
	s.SubjectHash = string(subjectHash)
	s.DisplayName, err = d.openName(ctx, key, userName, s.UserID, name)
	return &s, err
}

// requireLiveSession returns ErrNoSession if o's session has ended since it was looked up. Callers ask when
// they find nothing, because row-level security shows nothing to an ended session.
func (d *DB) requireLiveSession(ctx context.Context, o Owner) error {
	_, err := d.readSession(ctx, o.token, o.jkt)
	return err
}

const touchSession = `UPDATE sessions SET last_used_at = now(), idle_until = now() + make_interval(secs => $3)
	WHERE user_id = $1 AND id = $2 AND last_used_at < now() - interval '30 seconds' AND revoked_at IS NULL`

// KnowsToken reports whether a token belongs to a session, live or ended a short while ago.
func (d *DB) KnowsToken(ctx context.Context, token Token) (yes bool, err error) {
	defer place(&err, "db.KnowsToken")
	condition, args := token.condition()
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT EXISTS (SELECT FROM sessions WHERE `+condition+`)`, args...).Scan(ctx, &yes)
	})
	return yes, err
}

// openedBy is the passkey that opened an account session, and whether that confirms the session.
type openedBy struct {
	passkey  uuid.UUID
	confirms bool
}

// insertAccountSession makes user's account session and ends the one that it replaces, so that the
// cookie's value changes at each sign-in (CVE-2024-28197). The caller has locked the users of both.
func insertAccountSession(ctx context.Context, tx authorityTx, user uuid.UUID, by openedBy, s NewSession, replaces *Token) error {
	id := newID()
	chain, err := continueChain(ctx, tx, user, id, replaces)
	if err != nil {
		return err
	}
	confirmed := `NULL`
	if by.confirms {
		confirmed = `now()`
	}
	_, err = tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, idle_until, expires_at, device)
		VALUES (?0, 'ACCOUNT', ?1, ?2, ?3, ?4, `+confirmed+`, make_interval(secs => ?5), now() + make_interval(secs => ?5), now() + make_interval(secs => ?6), ?7)`,
		id, s.Token[:], user, chain, by.passkey, s.Idle.Seconds(), s.Lifetime.Seconds(), nullString(s.Device)).Exec(ctx)
	return err
}

// newID returns a new id that sorts by time (UUIDv7, RFC 9562 §5.7).
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// liveSession is the SQL condition for a session that has not ended. The functions of row-level security, in the
// migrations, have the same condition.
const liveSession = `revoked_at IS NULL AND expires_at > now() AND idle_until > now()`

// Sessions lists a person's live sessions, the last used first. They have no Owner, because nobody
// presented their tokens.
func (d *DB) Sessions(ctx context.Context, user uuid.UUID) (list []*Session, err error) {
	defer place(&err, "db.Sessions")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT id, kind, user_id, coalesce(tenant_key, '') AS tenant_key, coalesce(embed_origin, '') AS embed_origin,
				created_at, last_used_at, expires_at, coalesce(device, '') AS device
			FROM sessions WHERE user_id = ? AND `+liveSession+` ORDER BY last_used_at DESC, id DESC LIMIT ?`, user, MaxSessions).Scan(ctx, &list)
	})
	return list, err
}

// lockSession locks an account session until the transaction ends, after its person (see lockUser). It
// returns ErrNoSession when the session has ended.
func lockSession(ctx context.Context, tx authorityTx, s *Session) error {
	if err := lockUser(ctx, tx, s.UserID); err != nil {
		return err
	}
	var live uuid.UUID
	err := tx.NewRaw(`SELECT id FROM sessions WHERE user_id = ? AND id = ? AND kind = 'ACCOUNT' AND revoked_at IS NULL AND expires_at > now()
		FOR NO KEY UPDATE`, s.UserID, s.ID).Scan(ctx, &live)
	return ifNoRows(err, ErrNoSession)
}
