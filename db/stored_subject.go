package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// The sealed fields that hold a subject.
const (
	identityOf seal.Field = "identities.sealed_subject"
	ticketOf   seal.Field = "tickets.sealed_subject"
	handleOf   seal.Field = "identity_handles.sealed_subject"
	requestOf  seal.Field = "authorization_requests.sealed_subject"
)

// A storedSubject is a Subject as stored in a row: sealed, or in the clear while nodes of older releases run.
type storedSubject struct {
	clear        *string
	email, name  string // in the clear
	hash, sealed []byte
}

// storeSubject returns s as stored in a row of f.
func (d *DB) storeSubject(key seal.Key, f seal.Field, tenantKey string, row []byte, s Subject) storedSubject {
	if d.inTheClear() {
		return storedSubject{clear: &s.ID, email: s.Email, name: s.Name}
	}
	return storedSubject{hash: d.subjectHash(tenantKey, s.ID), sealed: f.Seal(key, tenantKey, row, s.ID, s.Email, s.Name)}
}

// openSubject reverses storeSubject.
func (d *DB) openSubject(ctx context.Context, key seal.Key, f seal.Field, tenantKey string, row []byte, stored storedSubject) (Subject, error) {
	if stored.clear != nil {
		return Subject{ID: *stored.clear, Email: stored.email, Name: stored.name}, nil
	}
	var s Subject
	err := f.Open(key, tenantKey, row, stored.sealed, &s.ID, &s.Email, &s.Name)
	return s, d.auditUnsealedField(ctx, err, f, tenantKey, row)
}

// subjectHash returns the hash by which a tenant's subject is found. It does not reveal the subject,
// or that another tenant has the same one.
func (d *DB) subjectHash(tenantKey, subject string) []byte {
	return d.keys.MAC("kept subject", []byte(tenantKey+"\x00"+subject))
}

// visitorKey returns the key for texts about a tenant's visitors who have no data key.
func (d *DB) visitorKey(tenantKey string) seal.Key { return visitorKey(d.keys, tenantKey) }

func visitorKey(keys *seal.Keyring, tenantKey string) seal.Key {
	return seal.NewKey(keys.Derive("visitors\x00" + tenantKey))
}

func (d *DB) auditUnsealedField(ctx context.Context, err error, f seal.Field, tenantKey string, row []byte) error {
	if err == nil {
		return nil
	}
	id, _ := uuid.FromBytes(row[:min(len(row), 16)])
	return d.auditUnsealed(ctx, err, Event{TenantKey: tenantKey, Target: string(f) + " " + id.String()})
}

// visitor runs a query for the subject in a row of f and its evidence. It returns CodeGone if there is no row.
func (d *DB) visitor(ctx context.Context, f seal.Field, tenantKey string, row TokenHash, gone, query string, args ...any) (*Subject, Evidence, error) {
	var k storedSubject
	var key uuid.NullUUID
	var nonce bool
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(query, args...).Scan(ctx, &k.clear, &k.email, &k.name, &k.sealed, &key, &nonce)
		return noRows(err, &Error{Code: CodeGone, Message: gone})
	})
	if err != nil {
		return nil, Evidence{}, err
	}
	s, err := d.openSubject(ctx, d.visitorKey(tenantKey), f, tenantKey, row[:], k)
	if err != nil {
		return nil, Evidence{}, err
	}
	return &s, storedEvidence(key, nonce), nil
}
