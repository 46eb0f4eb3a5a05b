package db

import (
	"context"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// A Subject is a visitor as identified by a tenant. Only ID identifies; Email and Name are for people
// to read, and never link accounts.
type Subject struct {
	ID    string // 1 to 255 characters, unique at the tenant; RFC 7519 §4.1.2
	Email string
	Name  string
}

// Label returns what a person would call the subject.
func (s Subject) Label() string {
	switch {
	case s.Name != "" && s.Email != "":
		return s.Name + " (" + s.Email + ")"
	case s.Name != "":
		return s.Name
	case s.Email != "":
		return s.Email
	default:
		return s.ID
	}
}

// Check returns CodeInvalid for a subject that cannot be stored.
func (s Subject) Check() error {
	n := utf8.RuneCountInString(s.ID)
	switch {
	case n == 0 || n > 255 || !validText(s.ID):
		return invalid("subject", "A subject must have 1 to 255 characters.")
	case utf8.RuneCountInString(s.Email) > 320 || !validText(s.Email):
		return invalid("email", "An email address can have at most 320 characters.")
	case utf8.RuneCountInString(s.Name) > 200 || !validText(s.Name):
		return invalid("name", "A name can have at most 200 characters.")
	}
	return nil
}

// The sealed fields that hold a subject.
const (
	identityOf seal.Field = "identities.sealed_subject"
	ticketOf   seal.Field = "tickets.sealed_subject"
	handleOf   seal.Field = "identity_handles.sealed_subject"
	requestOf  seal.Field = "authorization_requests.sealed_subject"
)

// A storedSubject is a Subject as stored in a row: sealed, or in the clear while nodes of older releases run.
type storedSubject struct {
	plaintext    *string
	email, name  string // in the clear
	hash, sealed []byte
}

// storeSubject returns s as stored in a row of f.
func (d *DB) storeSubject(key seal.Key, f seal.Field, tenantKey string, row []byte, s Subject) storedSubject {
	if d.storesPlaintext() {
		return storedSubject{plaintext: &s.ID, email: s.Email, name: s.Name}
	}
	return storedSubject{hash: d.subjectHash(tenantKey, s.ID), sealed: f.Seal(key, tenantKey, row, s.ID, s.Email, s.Name)}
}

// openSubject reverses storeSubject.
func (d *DB) openSubject(ctx context.Context, key seal.Key, f seal.Field, tenantKey string, row []byte, stored storedSubject) (Subject, error) {
	if stored.plaintext != nil {
		return Subject{ID: *stored.plaintext, Email: stored.email, Name: stored.name}, nil
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

// querySubject runs a query for the subject in a row of f and its evidence. It returns CodeGone if there is no row.
func (d *DB) querySubject(ctx context.Context, f seal.Field, tenantKey string, row TokenHash, gone, query string, args ...any) (*Subject, Evidence, error) {
	var k storedSubject
	var key uuid.NullUUID
	var nonce bool
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(query, args...).Scan(ctx, &k.plaintext, &k.email, &k.name, &k.sealed, &key, &nonce)
		return ifNoRows(err, &Error{Code: CodeGone, Message: gone})
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
