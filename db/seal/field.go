package seal

import "slices"

// A Field names a sealed column of short texts, as table and column: "users.sealed_name".
type Field string

// AAD returns the additional authenticated data that binds a field to its tenant ("" for none) and its row.
// It begins with letters, and the additional data of a Text begins with the time in a person's id. So the two
// are never equal under one key.
func (f Field) AAD(tenantKey string, row []byte) []byte {
	return slices.Concat([]byte(f), []byte{0}, []byte(tenantKey), []byte{0}, row)
}

// Seal encrypts texts for a row.
func (f Field) Seal(k Key, tenantKey string, row []byte, texts ...string) []byte {
	var plain []byte
	for _, t := range texts {
		plain = appendString(plain, t)
	}
	return k.Seal(plain, f.AAD(tenantKey, row))
}

// Open decrypts what Seal encrypted for the same tenant and row into the same number of texts. It returns
// ErrUnsealed for anything else.
func (f Field) Open(k Key, tenantKey string, row, sealed []byte, texts ...*string) error {
	plain, err := k.Open(sealed, f.AAD(tenantKey, row))
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
