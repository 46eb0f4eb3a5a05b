package db

import (
	"context"
	"crypto/cipher"
	"slices"

	"github.com/google/uuid"
)

// A sealedField is a column that holds somebody's texts, sealed: it opens in its own row alone.
type sealedField string

// The sealed fields, by table and column.
const (
	userName      sealedField = "users.sealed_name"
	passkeyName   sealedField = "passkeys.sealed_name"
	identityOf    sealedField = "identities.sealed_subject"
	ticketOf      sealedField = "tickets.sealed_subject"
	handleOf      sealedField = "identity_handles.sealed_subject"
	requestOf     sealedField = "authorization_requests.sealed_subject"
	ceremonyData  sealedField = "ceremonies.session_data"
	auditedDetail sealedField = "audit_events.sealed_detail"
)

// aad binds a field to its tenant ("" for none) and its row. It begins with letters, which no note's
// does (place.aad, under the same data key): those begin with a person's id, which begins with its time.
func (f sealedField) aad(tenantKey string, row []byte) []byte {
	return slices.Concat([]byte(f), []byte{0}, []byte(tenantKey), []byte{0}, row)
}

func (f sealedField) seal(aead cipher.AEAD, tenantKey string, row []byte, texts ...string) []byte {
	var plain []byte
	for _, t := range texts {
		plain = appendString(plain, t)
	}
	return seal([]byte{sealFormat1}, aead, plain, f.aad(tenantKey, row))
}

// open fills in texts, as many as were sealed. It returns ErrUnsealed for anything else.
func (f sealedField) open(aead cipher.AEAD, tenantKey string, row, sealed []byte, texts ...*string) error {
	if len(sealed) < 1 || sealed[0] != sealFormat1 {
		return ErrUnsealed
	}
	plain, err := open(aead, sealed[1:], f.aad(tenantKey, row))
	if err != nil {
		return err
	}
	r := reader{rest: string(plain)}
	for _, t := range texts {
		*t = r.string()
	}
	if r.bad || r.rest != "" {
		return ErrUnsealed
	}
	return nil
}

// visitors is what seals texts about a tenant's visitors where nobody's data key could.
func (k *Keyring) visitors(tenantKey string) cipher.AEAD {
	return newAEAD(k.Derive("visitors\x00" + tenantKey))
}

// subjectHash finds a tenant's subject, and tells nothing of it, or of the same subject at another tenant.
func (d *DB) subjectHash(tenantKey, subject string) []byte {
	return d.keys.mac("kept subject", []byte(tenantKey+"\x00"+subject))
}

// nameHash finds the people who go by a name.
func (d *DB) nameHash(name string) []byte { return d.keys.mac("kept name", []byte(fold(name))) }

// A keptSubject is a subject as a row holds it: sealed, or in the clear while older releases serve.
type keptSubject struct {
	clear         *string
	email, name   string // in the clear
	hash, secured []byte
}

// keep gives s as a row of f holds it.
func (d *DB) keepSubject(aead cipher.AEAD, f sealedField, tenantKey string, row []byte, s Subject) keptSubject {
	if d.inTheClear() {
		return keptSubject{clear: &s.ID, email: s.Email, name: s.Name}
	}
	return keptSubject{hash: d.subjectHash(tenantKey, s.ID), secured: f.seal(aead, tenantKey, row, s.ID, s.Email, s.Name)}
}

// openSubject undoes keepSubject.
func (d *DB) openSubject(ctx context.Context, aead cipher.AEAD, f sealedField, tenantKey string, row []byte, k keptSubject) (Subject, error) {
	if k.clear != nil {
		return Subject{ID: *k.clear, Email: k.email, Name: k.name}, nil
	}
	var s Subject
	err := f.open(aead, tenantKey, row, k.secured, &s.ID, &s.Email, &s.Name)
	return s, d.refusedField(ctx, err, f, tenantKey, row)
}

// A keptName is the name of a person, or of a passkey, as a row holds it.
type keptName struct {
	clear        *string
	sealed, hash []byte
}

// keepName gives a name as a row of f holds it.
func (d *DB) keepName(aead cipher.AEAD, f sealedField, row uuid.UUID, name string) keptName {
	if d.inTheClear() {
		return keptName{clear: &name}
	}
	return keptName{sealed: f.seal(aead, "", row[:], name), hash: d.nameHash(name)}
}

// openName undoes keepName. What is in the clear came later: sealing clears it.
func (d *DB) openName(ctx context.Context, aead cipher.AEAD, f sealedField, row uuid.UUID, k keptName) (name string, err error) {
	if k.clear != nil && (*k.clear != "" || k.sealed == nil) {
		return *k.clear, nil
	}
	err = f.open(aead, "", row[:], k.sealed, &name)
	return name, d.refusedField(ctx, err, f, "", row[:])
}

// openUserName is openName for a person whose data key is still wrapped.
func (d *DB) openUserName(ctx context.Context, user uuid.UUID, k keptName, dataKey []byte) (string, error) {
	if k.sealed == nil && k.clear != nil {
		return *k.clear, nil
	}
	aead, err := d.dataKey(ctx, user, dataKey)
	if err != nil {
		return "", err
	}
	return d.openName(ctx, aead, userName, user, k)
}

// dataKey opens a person's data key.
func (d *DB) dataKey(ctx context.Context, user uuid.UUID, wrapped []byte) (cipher.AEAD, error) {
	aead, err := d.keys.unwrap(ctx, user, wrapped)
	return aead, d.refused(ctx, err, Event{Target: "data key of " + user.String()})
}

func (d *DB) refusedField(ctx context.Context, err error, f sealedField, tenantKey string, row []byte) error {
	if err == nil {
		return nil
	}
	id, _ := uuid.FromBytes(row[:min(len(row), 16)])
	return d.refused(ctx, err, Event{TenantKey: tenantKey, Target: string(f) + " " + id.String()})
}
