package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/gorilla/sessions"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/dpop"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

// Config is what a Server needs.
type Config struct {
	DB            *db.DB
	Keys          *seal.Keyring
	AccountOrigin string // the OAuth issuer; its host is the RP ID of passkeys
	FrameOrigin   string
	SessionIdle   time.Duration    // a widget session ends after that long without use; default 2 h
	SessionLife   time.Duration    // a widget session ends after that long; default 12 h
	Rates         float64          // multiplies the rate limits; default 1
	Log           *slog.Logger     // default: none
	Now           func() time.Time // default: time.Now
}

// Lifetimes.
const (
	requestLife     = time.Minute      // from the push until the popup opens the request
	interactionLife = 10 * time.Minute // from then until the person decides
	codeLife        = time.Minute      // of an authorization code
	ceremonyLife    = 5 * time.Minute  // of a passkey ceremony
	accountIdle     = 30 * time.Minute // of an account session without use
	accountLife     = 12 * time.Hour   // of an account session
)

// A Server authenticates people and tenants' backends. It has handlers for two origins: see
// MountAccount and MountFrame.
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
	proofs        *dpop.Verifier
	limits        rateLimits
	verifications *keyedMutex // by address and kind of credential: see acquireVerification
	subjectKey    []byte
	assertions    *assertion.Checker
}

// New returns a Server. It returns an error for origins that are invalid.
func New(c Config) (*Server, error) {
	account, err := url.Parse(c.AccountOrigin)
	if err != nil {
		return nil, fmt.Errorf("auth: account origin: %w", err)
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
	s.proofs = dpop.NewVerifier(c.FrameOrigin, c.Keys.Derive("dpop nonce"), s.now)
	if c.Rates == 0 {
		c.Rates = 1
	}
	s.limits, s.verifications = newRateLimits(s.now, c.Rates), newKeyedMutex()
	development := account.Scheme == "http" // only an origin on this computer is http
	s.assertions = &assertion.Checker{
		DB: c.DB, Keys: assertion.NewEncryptionKeys(c.DB), Sets: assertion.NewKeySets(s.now, development, s.log, s.keySetFetched), Now: s.now, Audience: c.AccountOrigin,
	}
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

		// The page itself asks for prf, and some password managers return outputs that nobody asked for. None is read.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("auth: passkeys: %w", err)
	}
	return s, nil
}

// keySetFetched stores the result of a fetch for the tenant's developer. The cache works without it.
func (s *Server) keySetFetched(ctx context.Context, tenantKey, url, problem string, usedFor time.Duration) {
	if err := s.db.KeySetFetched(ctx, tenantKey, url, problem, usedFor); err != nil {
		s.log.WarnContext(ctx, "the result of fetching a key set could not be stored", "tenant", tenantKey, "error", err)
	}
}

// Assertions returns the checker of the tenants' assertions.
func (s *Server) Assertions() *assertion.Checker { return s.assertions }

// MountAccount adds the endpoints of the account origin. Each has a rate limit: endpoints without a
// credential count requests, the others count failures (see rateLimits).
func (s *Server) MountAccount(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", s.metadata)
	mux.HandleFunc("GET "+assertion.KeySetPath, s.publishKeySet)
	for path, h := range s.accountEndpoints() {
		mux.HandleFunc("POST "+path, h)
	}
}

// accountEndpoints are the endpoints to which the account origin's pages post JSON, by path.
func (s *Server) accountEndpoints() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"/passkeys/registration":        s.withSignInLimit(s.beginRegistration),
		"/passkeys/registration/finish": s.finishRegistration,
		"/passkeys/registration/undo":   s.undoRegistration,
		"/passkeys/login":               s.withSignInLimit(s.beginLogin),
		"/passkeys/login/finish":        s.finishLogin,
		"/passkeys/addition":            s.beginAddition,
		"/passkeys/addition/finish":     s.finishAddition,
		"/passkeys/confirmation":        s.beginConfirmation,
		"/passkeys/confirmation/finish": s.finishConfirmation,
		"/passkeys/recovery":            s.beginRecovery,
		"/passkeys/recovery/account":    s.describeRecovery,
		"/passkeys/recovery/finish":     s.finishRecovery,
		"/passkeys/accepted":            s.listCredentials,
		"/account/export":               s.exportAccount,
		"/oauth/authorize/decision":     s.decide,
	}
}

// MountFrame adds the endpoints of the frame origin.
func (s *Server) MountFrame(mux *http.ServeMux) {
	for path, h := range s.frameEndpoints() {
		mux.HandleFunc("POST "+path, h)
	}
}

// frameEndpoints are the endpoints to which OAuth clients post forms, by path.
func (s *Server) frameEndpoints() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"/oauth/par": s.push, "/oauth/token": s.token, "/oauth/revoke": s.revoke}
}
