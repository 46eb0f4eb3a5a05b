package assertion

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// KeySetPath is the path, on the account origin, of our public encryption keys.
const KeySetPath = "/.well-known/jwks.json"

const encryptionRSASize = 3072 // bits

// EncryptionKeys are our keys, one for each algorithm, to which a tenant may encrypt an
// assertion. They are made when they are first needed, and are stored encrypted in the database,
// so all nodes have the same keys and a new master key does not change them.
type EncryptionKeys struct {
	db *db.DB

	mu   sync.Mutex
	keys []encryptionKey // empty until they are loaded
}

type encryptionKey struct {
	algorithm jwa.KeyEncryptionAlgorithm
	kid       string // RFC 7638 thumbprint
	private   any    // *ecdsa.PrivateKey or *rsa.PrivateKey
	public    jwk.Key
}

// NewEncryptionKeys returns the keys that are stored in a database. It reads nothing yet.
func NewEncryptionKeys(d *db.DB) *EncryptionKeys { return &EncryptionKeys{db: d} }

// PublicJWKS returns the public keys as a JWK Set (RFC 7517 §5), to be published at KeySetPath.
// It returns an error if the keys can't be loaded or stored.
func (e *EncryptionKeys) PublicJWKS(ctx context.Context) ([]byte, error) {
	keys, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	set := struct {
		Keys []jwk.Key `json:"keys"`
	}{}
	for _, k := range keys {
		set.Keys = append(set.Keys, k.public)
	}
	return json.Marshal(set)
}

func (e *EncryptionKeys) load(ctx context.Context) (_ []encryptionKey, err error) {
	defer fault.Place(&err, "assertion.load")
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.keys) > 0 {
		return e.keys, nil
	}
	var keys []encryptionKey
	for _, of := range []struct {
		algorithm jwa.KeyEncryptionAlgorithm
		generate  func() (any, error)
	}{
		{jwa.ECDH_ES(), func() (any, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
		{jwa.RSA_OAEP_256(), func() (any, error) { return rsa.GenerateKey(rand.Reader, encryptionRSASize) }},
	} {
		encoded, err := e.db.EncryptionKey(ctx, of.algorithm.String())
		if db.IsCode(err, db.CodeNotFound) {
			encoded, err = e.create(ctx, of.algorithm.String(), of.generate)
		}
		if err != nil {
			return nil, fmt.Errorf("assertion: load the encryption key for %s: %w", of.algorithm, err)
		}
		key, err := parseEncryptionKey(of.algorithm, encoded)
		if err != nil {
			return nil, fmt.Errorf("assertion: parse the encryption key for %s: %w", of.algorithm, err)
		}
		keys = append(keys, key)
	}
	e.keys = keys
	return keys, nil
}

func (e *EncryptionKeys) create(ctx context.Context, algorithm string, generate func() (any, error)) ([]byte, error) {
	private, err := generate()
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return e.db.StoreEncryptionKey(ctx, algorithm, encoded)
}

func parseEncryptionKey(algorithm jwa.KeyEncryptionAlgorithm, encoded []byte) (encryptionKey, error) {
	private, err := x509.ParsePKCS8PrivateKey(encoded)
	if err != nil {
		return encryptionKey{}, err
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return encryptionKey{}, fmt.Errorf("it is a %T", private)
	}
	public, err := jwk.Import(signer.Public())
	if err != nil {
		return encryptionKey{}, err
	}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return encryptionKey{}, err
	}
	key := encryptionKey{algorithm: algorithm, kid: base64.RawURLEncoding.EncodeToString(thumbprint), private: private, public: public}
	for name, value := range map[string]any{jwk.KeyIDKey: key.kid, jwk.AlgorithmKey: algorithm, jwk.KeyUsageKey: jwk.ForEncryption} {
		if err := public.Set(name, value); err != nil {
			return encryptionKey{}, err
		}
	}
	return key, nil
}
