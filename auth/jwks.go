package auth

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
	"net/http"
	"sync"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/db"
)

// keySetPath is where the account origin publishes the keys that assertions may be encrypted to.
const keySetPath = "/.well-known/jwks.json"

const encryptionRSASize = 3072 // bits

// An encryptionKey is a key of ours that a tenant may encrypt an assertion to.
type encryptionKey struct {
	algorithm jwa.KeyEncryptionAlgorithm
	kid       string // RFC 7638's thumbprint
	private   any    // *ecdsa.PrivateKey or *rsa.PrivateKey
	public    jwk.Key
}

// encryptionKeys are made once, when they are first asked for, and kept sealed in the
// database: all nodes have the same, and a new master key changes none.
type encryptionKeys struct {
	db *db.DB

	mu   sync.Mutex
	keys []encryptionKey // empty until they are loaded
}

// load gives one key for each algorithm.
func (e *encryptionKeys) load(ctx context.Context) ([]encryptionKey, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.keys) > 0 {
		return e.keys, nil
	}
	var keys []encryptionKey
	for _, of := range []struct {
		algorithm jwa.KeyEncryptionAlgorithm
		make      func() (any, error)
	}{
		{jwa.ECDH_ES(), func() (any, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
		{jwa.RSA_OAEP_256(), func() (any, error) { return rsa.GenerateKey(rand.Reader, encryptionRSASize) }},
	} {
		encoded, err := e.db.EncryptionKey(ctx, of.algorithm.String())
		if db.IsCode(err, db.CodeNotFound) {
			encoded, err = e.create(ctx, of.algorithm.String(), of.make)
		}
		if err != nil {
			return nil, fmt.Errorf("auth: the encryption key for %s: %w", of.algorithm, err)
		}
		key, err := newEncryptionKey(of.algorithm, encoded)
		if err != nil {
			return nil, fmt.Errorf("auth: the encryption key for %s: %w", of.algorithm, err)
		}
		keys = append(keys, key)
	}
	e.keys = keys
	return keys, nil
}

func (e *encryptionKeys) create(ctx context.Context, algorithm string, generate func() (any, error)) ([]byte, error) {
	private, err := generate()
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return e.db.KeepEncryptionKey(ctx, algorithm, encoded)
}

func newEncryptionKey(algorithm jwa.KeyEncryptionAlgorithm, encoded []byte) (encryptionKey, error) {
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

// publishKeySet answers the public parts of the keys that assertions may be encrypted to
// (RFC 7517 §5). We sign nothing that others verify.
func (s *Server) publishKeySet(w http.ResponseWriter, r *http.Request) {
	keys, err := s.encryption.load(r.Context())
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	set := struct {
		Keys []jwk.Key `json:"keys"`
	}{}
	for _, k := range keys {
		set.Keys = append(set.Keys, k.public)
	}
	h := w.Header()
	h.Set("Content-Type", "application/jwk-set+json")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("X-Content-Type-Options", "nosniff")
	_ = json.NewEncoder(w).Encode(set) // the client has gone, or all is written
}
