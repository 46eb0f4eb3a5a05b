package auth

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/gorilla/sessions"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

// Config is what a Server needs.
type Config struct {
	DB            *db.DB
	Keys          *seal.Keyring
	AccountOrigin string // its host is the RP ID, itself the OAuth issuer
	FrameOrigin   string
	SessionIdle   time.Duration // of a widget session; default 2 h
	SessionLife   time.Duration // of a widget session; default 12 h
	Rates         float64       // multiplies what may be asked how often; default 1
	Log           *slog.Logger
	Now           func() time.Time // default: time.Now
}

// How long things are good for.
const (
	requestLife     = time.Minute      // a pushed request, until it is opened
	interactionLife = 10 * time.Minute // an opened request, until it is decided
	codeLife        = time.Minute
	ceremonyLife    = 5 * time.Minute
	accountIdle     = 30 * time.Minute
	accountLife     = 12 * time.Hour
)

// A Server authenticates. Its handlers stand on two origins: see MountAccount and MountFrame.
type Server struct {
	db            *db.DB
	accountOrigin string
	frameOrigin   string
	sessionIdle   time.Duration
	sessionLife   time.Duration
	log           *slog.Logger
	now           func() time.Time
	cookies       *sessions.CookieStore
	passkeys      *webauthn.WebAuthn
	nonces        nonces
	proofKeys     proofKeys
	replays       *replays
	paces         paces
	queues        *queues
	subjectKey    []byte
	keySets       *keySets       // the tenants'
	encryption    encryptionKeys // ours
}

// New makes a Server. It fails for origins that cannot work together.
func New(c Config) (*Server, error) {
	account, err := url.Parse(c.AccountOrigin)
	if err != nil {
		return nil, fmt.Errorf("auth: the account origin: %w", err)
	}
	s := &Server{
		db:            c.DB,
		accountOrigin: c.AccountOrigin,
		frameOrigin:   c.FrameOrigin,
		sessionIdle:   c.SessionIdle,
		sessionLife:   c.SessionLife,
		log:           c.Log,
		now:           c.Now,
		subjectKey:    c.Keys.Derive("subject hash"),
	}
	if s.sessionIdle == 0 {
		s.sessionIdle = 2 * time.Hour
	}
	if s.sessionLife == 0 {
		s.sessionLife = 12 * time.Hour
	}
	s.cookies = newCookieStore(c.Keys, s.sessionLife)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.nonces = nonces{key: c.Keys.Derive("dpop nonce"), now: s.now}
	s.proofKeys, s.replays = newProofKeys(), newReplays(s.now)
	if c.Rates == 0 {
		c.Rates = 1
	}
	s.paces, s.queues = newPaces(s.now, c.Rates), newQueues()
	s.keySets = newKeySets(s.now, account.Scheme == "http", s.log) // which only this computer's origins are
	s.encryption.db = c.DB
	enforced := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyLife, TimeoutUVD: ceremonyLife}
	s.passkeys, err = webauthn.New(&webauthn.Config{
		RPID:          account.Hostname(),
		RPDisplayName: "Aside",
		RPOrigins:     []string{c.AccountOrigin}, // never the frame origin
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
		AttestationPreference: protocol.PreferNoAttestation,
		Timeouts:              webauthn.TimeoutsConfig{Login: enforced, Registration: enforced},
	})
	if err != nil {
		return nil, fmt.Errorf("auth: passkeys: %w", err)
	}
	return s, nil
}

// MountAccount adds the endpoints of the account origin. Each has a bound: those that give everybody
// something count who comes, the others what was wrong (see paces).
func (s *Server) MountAccount(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", s.metadata)
	mux.HandleFunc("GET "+keySetPath, s.publishKeySet)
	for path, h := range s.accountEndpoints() {
		mux.HandleFunc("POST "+path, h)
	}
}

// accountEndpoints are what the pages of the account origin post JSON to.
func (s *Server) accountEndpoints() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"/passkeys/registration":        s.welcome(s.beginRegistration),
		"/passkeys/registration/finish": s.finishRegistration,
		"/passkeys/login":               s.welcome(s.beginLogin),
		"/passkeys/login/finish":        s.finishLogin,
		"/passkeys/addition":            s.beginAddition,
		"/passkeys/addition/finish":     s.finishAddition,
		"/passkeys/confirmation":        s.beginConfirmation,
		"/passkeys/confirmation/finish": s.finishConfirmation,
		"/passkeys/recovery":            s.beginRecovery,
		"/passkeys/recovery/account":    s.nameRecovery,
		"/passkeys/recovery/finish":     s.finishRecovery,
		"/passkeys/accepted":            s.accepted,
		"/account/export":               s.archive,
		"/oauth/authorize/decision":     s.decide,
	}
}

// MountFrame adds the endpoints of the frame origin.
func (s *Server) MountFrame(mux *http.ServeMux) {
	for path, h := range s.frameEndpoints() {
		mux.HandleFunc("POST "+path, h)
	}
}

// frameEndpoints are what OAuth clients post forms to.
func (s *Server) frameEndpoints() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"/oauth/par": s.push, "/oauth/token": s.token, "/oauth/revoke": s.revoke}
}
