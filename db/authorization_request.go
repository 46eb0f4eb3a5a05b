package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/company-a/aside/db/feed"
)

// An AuthorizationRequest is a sign-in in progress. It exists from the widget's push (RFC 9126) to the redemption of its
// code (RFC 6749 §4.1.3).
type AuthorizationRequest struct {
	bun.BaseModel `bun:"table:authorization_requests"`

	ID             uuid.UUID `bun:",pk"`
	RequestURIHash []byte
	TenantKey      string // client_id
	RedirectURI    string
	ResponseMode   string // "query" or "web_message"
	State          string
	Scope          string
	CodeChallenge  string // S256
	JKT            string `bun:"jkt"` // RFC 7638 thumbprint of the key that the token will be bound to
	EmbedOrigin    string
	UILocales      string `bun:"ui_locales"`      // OpenID Connect Core §3.1.2.1: language tags with spaces between them, or ""
	ContentKeyJWK  string `bun:"content_key_jwk"` // the widget's public key for the tenant's key (RFC 7517), or ""
	ExpiresAt      time.Time

	Subject      *string // the visitor's id at the tenant; nil if the tenant asserts nobody
	SubjectEmail string
	SubjectName  string

	Evidence Evidence `bun:"-"` // why the subject was accepted

	SubjectHash   []byte // the subject in its stored form
	SealedSubject []byte
	EvidenceKey   uuid.NullUUID
	EvidenceNonce bool

	BrowserHash      []byte
	UserID           *uuid.UUID
	AccountSessionID *uuid.UUID
	RedeemedAt       *time.Time
	SessionID        *uuid.UUID
}

// Columns that the struct lacks (created_at, opened_at, …) are for people who investigate an incident.
const requestColumns = `id, request_uri_hash, tenant_key, redirect_uri, response_mode, state, scope, code_challenge, jkt,
	embed_origin, ui_locales, content_key_jwk, expires_at, subject, subject_email, subject_name, subject_hash, sealed_subject, evidence_key, evidence_nonce, browser_hash, user_id, account_session_id, redeemed_at, session_id`

// PushRequest stores r and sets its ID and ExpiresAt. The request expires after lifetime if no browser opens it. PushRequest
// returns ErrNotAccepted when the tenant no longer accepts the asserted subject, or no longer accepts a request without one.
func (d *DB) PushRequest(ctx context.Context, r *AuthorizationRequest, lifetime time.Duration) (err error) {
	defer place(&err, "db.PushRequest")
	r.ID = newID()
	var k storedSubject
	if s := r.AssertedSubject(); s != nil {
		k = d.storeSubject(d.visitorKey(r.TenantKey), requestOf, r.TenantKey, r.ID[:], *s)
	}
	r.EvidenceKey, r.EvidenceNonce = r.Evidence.key(), r.Evidence.Nonce
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := r.requireAccepted(ctx, tx); err != nil {
			return err
		}
		return tx.NewRaw(`INSERT INTO authorization_requests (id, request_uri_hash, tenant_key, redirect_uri, response_mode,
				state, scope, code_challenge, jkt, embed_origin, ui_locales, content_key_jwk, subject, subject_email, subject_name, subject_hash, sealed_subject,
				evidence_key, evidence_nonce, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?)) RETURNING expires_at`,
			r.ID, r.RequestURIHash, r.TenantKey, r.RedirectURI, r.ResponseMode,
			r.State, r.Scope, r.CodeChallenge, r.JKT, r.EmbedOrigin, r.UILocales, r.ContentKeyJWK, k.plaintext, k.email, k.name, nullBytes(k.hash), nullBytes(k.sealed),
			r.EvidenceKey, r.EvidenceNonce, lifetime.Seconds()).Scan(ctx, &r.ExpiresAt)
	})
}

var errRequestGone = &Error{Code: CodeGone, Message: "This sign-in has expired or was already completed. Go back to the page you came from and start again."}

// OpenableRequest returns a pushed request that this browser can open. Either no browser has opened it (it has no
// BrowserHash), or this browser has opened it and the person has not decided yet. It returns CodeGone for any other request.
func (d *DB) OpenableRequest(ctx context.Context, requestURI TokenHash, tenantKey string, browser TokenHash) (_ *AuthorizationRequest, err error) {
	defer place(&err, "db.OpenableRequest")
	return d.findRequest(ctx, `SELECT `+requestColumns+` FROM authorization_requests
		WHERE request_uri_hash = ? AND tenant_key = ? AND (opened_at IS NULL OR browser_hash = ?)
			AND decided_at IS NULL AND expires_at > now()`, requestURI[:], tenantKey, browser[:])
}

// OpenRequest binds a pushed request to the first browser that opens it, for lifetime. That browser may open
// it again (a reload) until it is decided. OpenRequest returns CodeGone for any other browser, and for a
// request of another tenant.
func (d *DB) OpenRequest(ctx context.Context, requestURI TokenHash, tenantKey string, browser TokenHash, lifetime time.Duration) (_ *AuthorizationRequest, err error) {
	defer place(&err, "db.OpenRequest")
	return d.findRequest(ctx, `UPDATE authorization_requests
		SET opened_at = coalesce(opened_at, now()), browser_hash = ?0,
			expires_at = CASE WHEN opened_at IS NULL THEN now() + make_interval(secs => ?1) ELSE expires_at END
		WHERE request_uri_hash = ?2 AND tenant_key = ?3 AND (opened_at IS NULL OR browser_hash = ?0)
			AND decided_at IS NULL AND expires_at > now()
		RETURNING `+requestColumns, browser[:], lifetime.Seconds(), requestURI[:], tenantKey)
}

// OpenedRequest returns a request that this browser has opened and not decided, or CodeGone when there is
// none.
func (d *DB) OpenedRequest(ctx context.Context, id uuid.UUID, browser TokenHash) (_ *AuthorizationRequest, err error) {
	defer place(&err, "db.OpenedRequest")
	return d.findRequest(ctx, `SELECT `+requestColumns+` FROM authorization_requests
		WHERE id = ? AND browser_hash = ? AND decided_at IS NULL AND expires_at > now()`, id, browser[:])
}

// RequestedLocales returns the languages of a pushed request, also of one that is decided or has expired, as long as it is stored. It
// returns CodeGone for an unknown request.
func (d *DB) RequestedLocales(ctx context.Context, requestURI TokenHash, tenantKey string) (locales string, err error) {
	defer place(&err, "db.RequestedLocales")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT ui_locales FROM authorization_requests WHERE request_uri_hash = ? AND tenant_key = ?`, requestURI[:], tenantKey).Scan(ctx, &locales)
	})
	return locales, ifNoRows(err, errRequestGone)
}

func (d *DB) findRequest(ctx context.Context, query string, args ...any) (*AuthorizationRequest, error) {
	var r AuthorizationRequest
	err := d.asAuthority(ctx, func(tx authorityTx) error { return tx.NewRaw(query, args...).Scan(ctx, &r) })
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errRequestGone
	}
	if err != nil {
		return nil, err
	}
	return &r, d.openRequestSubject(ctx, &r)
}

// openRequestSubject fills in the subject that the tenant asserts.
func (d *DB) openRequestSubject(ctx context.Context, r *AuthorizationRequest) error {
	if r.SealedSubject == nil {
		return nil
	}
	s, err := d.openSubject(ctx, d.visitorKey(r.TenantKey), requestOf, r.TenantKey, r.ID[:], storedSubject{sealed: r.SealedSubject})
	r.Subject, r.SubjectEmail, r.SubjectName = &s.ID, s.Email, s.Name
	return err
}

// GrantRequest grants an opened request for the person of an account session. It stores the hash of the code, which is valid
// for lifetime, and the person's consent to the tenant. If link is true, it also links the request's subject to the account,
// and merges the account that the tenant vouched for into it. It returns CodeGone when the request is already decided,
// ErrNotAccepted when the tenant no longer accepts the asserted subject or a request without one, and ErrLinkedElsewhere
// when the subject is linked to another account.
func (d *DB) GrantRequest(ctx context.Context, id uuid.UUID, browser TokenHash, account *Session, link bool, code TokenHash, lifetime time.Duration) (err error) {
	defer place(&err, "db.GrantRequest")
	var tenantKey string
	as := d.asAuthority
	if link {
		as = d.asMerger
	}
	err = as(ctx, func(tx authorityTx) error {
		var r AuthorizationRequest
		if err := lockUserShared(ctx, tx, account.UserID); err != nil {
			return err
		}
		// The session is locked until the commit, so that it cannot end in the middle of a merge.
		var passkey uuid.NullUUID
		err := tx.NewRaw(`SELECT passkey_id FROM sessions WHERE user_id = ? AND id = ? AND revoked_at IS NULL AND expires_at > now() FOR SHARE`,
			account.UserID, account.ID).Scan(ctx, &passkey)
		if err != nil {
			return ifNoRows(err, ErrNoSession)
		}
		err = tx.NewRaw(`UPDATE authorization_requests
			SET decided_at = now(), user_id = ?, account_session_id = ?, passkey_id = ?,
				code_hash = ?, expires_at = now() + make_interval(secs => ?)
			WHERE id = ? AND browser_hash = ? AND decided_at IS NULL AND expires_at > now()
			RETURNING `+requestColumns,
			account.UserID, account.ID, passkey, code[:], lifetime.Seconds(), id, browser[:]).Scan(ctx, &r)
		if errors.Is(err, sql.ErrNoRows) {
			return errRequestGone
		}
		if err != nil {
			return err
		}
		tenantKey, r.Evidence = r.TenantKey, storedEvidence(r.EvidenceKey, r.EvidenceNonce)
		if err := r.requireAccepted(ctx, tx); err != nil {
			return err
		}
		page := "" // without a page around it, the widget names its own origin
		if r.ResponseMode == "web_message" {
			page = r.EmbedOrigin
		}
		if err := d.storeConsent(ctx, tx, account, tenantKey, page); err != nil || !link {
			return err
		}
		if err := d.openRequestSubject(ctx, &r); err != nil || r.Subject == nil {
			return err
		}
		return d.linkSubject(ctx, tx, account, tenantKey, *r.AssertedSubject())
	})
	if err == nil && link { // a merge adds notes, which are not announced one by one
		d.feed.Announce(feed.Change{Kind: feed.Missed, TenantKey: tenantKey, UserID: account.UserID})
	}
	return err
}

// requireAccepted returns ErrNotAccepted when the tenant no longer accepts the asserted subject, or no longer accepts a
// request without one. It locks the tenant and the key of the assertion until the transaction ends.
func (r *AuthorizationRequest) requireAccepted(ctx context.Context, tx authorityTx) error {
	if r.Subject == nil && r.SealedSubject == nil {
		return requireAnonymousAccepted(ctx, tx, r.TenantKey)
	}
	return r.Evidence.requireAccepted(ctx, tx, r.TenantKey, false)
}

// AssertedSubject returns the subject that the tenant asserts, or nil if there is none.
func (r *AuthorizationRequest) AssertedSubject() *Subject {
	if r.Subject == nil {
		return nil
	}
	return &Subject{ID: *r.Subject, Email: r.SubjectEmail, Name: r.SubjectName}
}

// DenyRequest denies an opened request. It returns CodeGone when the request is already decided.
func (d *DB) DenyRequest(ctx context.Context, id uuid.UUID, browser TokenHash) (err error) {
	defer place(&err, "db.DenyRequest")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		err := requireRow(tx.NewRaw(`UPDATE authorization_requests SET decided_at = now()
			WHERE id = ? AND browser_hash = ? AND decided_at IS NULL AND expires_at > now()`, id, browser[:]).Exec(ctx))
		if errors.Is(err, errNotFound) {
			return errRequestGone
		}
		return err
	})
}
