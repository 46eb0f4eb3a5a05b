package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/mediatype"
	"github.com/company-a/aside/internal/secret"
)

// A Principal is the sender of a request: a person with a live session, or a tenant's backend.
// Either Session or ServerKey is set.
//
// A widget's request has a DPoP proof. This node refuses a proof that it has seen before. A request
// that changes something also spends the proof in the database, in the same transaction
// (db.Session.WithProof), so that it is accepted once on all nodes (RFC 9449 §11.1).
type Principal struct {
	Session   *db.Session
	ServerKey *db.ServerKey
	Address   string // of the client, for limits and the audit log
}

type principalKey struct{}

// WithPrincipal returns a context with p, for PrincipalFrom.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom returns the principal of a request's context, or nil if the request had no credential.
func PrincipalFrom(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// GraphQLPath is the path of the API on both origins.
const GraphQLPath = "/graphql"

// AuthenticateWidget authenticates API requests at the frame origin by their access token and DPoP
// proof, and passes them to next with their principal. It passes on a request without a credential
// without a principal, and answers 401 to an invalid credential (RFC 9449 §7.1).
func (s *Server) AuthenticateWidget(next http.Handler) http.Handler {
	return s.withPrincipal(next, s.widgetPrincipal)
}

func (s *Server) withPrincipal(next http.Handler, find func(*http.Request) (*Principal, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isAPIRequest(r) {
			next.ServeHTTP(w, r)
			return
		}
		p, err := s.authenticate(r, find)
		if err != nil {
			s.challenge(w, r, err)
			return
		}
		if p != nil {
			r = r.WithContext(WithPrincipal(r.Context(), p))
		}
		next.ServeHTTP(w, r)
	})
}

var (
	errTwoCredentials      = refuse(http.StatusUnauthorized, "invalid_request", "Send only one kind of credential.")
	errInvalidToken        = refuse(http.StatusUnauthorized, "invalid_token", "This access token is invalid or has expired. Sign in again.")
	errWrongOriginForToken = refuse(http.StatusUnauthorized, "invalid_token", "Access tokens only work at the frame origin. Here, use the account cookie or a server key as Authorization: Bearer.")
	errReplayed            = refuse(http.StatusUnauthorized, "invalid_dpop_proof", "This DPoP proof was already used. Create a new one for each request.")
)

func hasAccountCookie(r *http.Request) bool {
	_, err := r.Cookie(accountCookie)
	return err == nil
}

func (s *Server) widgetPrincipal(r *http.Request) (_ *Principal, err error) {
	defer fault.Place(&err, "auth.widgetPrincipal")
	if r.Header.Get("Authorization") == "" && r.Header.Get("DPoP") == "" && !hasAccountCookie(r) {
		return nil, nil
	}
	if hasAccountCookie(r) || len(r.Header.Values("Authorization")) > 1 {
		return nil, errTwoCredentials
	}
	scheme, presented, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "DPoP") || presented == "" || len(presented) > 512 {
		return nil, refuse(http.StatusUnauthorized, "invalid_token", "Send the access token as Authorization: DPoP, with a proof.")
	}
	token := secret.Of(presented)
	proof, err := s.verifyProof(r, GraphQLPath, token)
	if err != nil {
		return nil, err
	}
	// With a proof of another key, the token has no session: RFC 9449 §4.3 (12), second half.
	session, err := s.session(r, token, proof.Thumbprint)
	if errors.Is(err, db.ErrNoSession) || (err == nil && session.Kind != db.SessionWidget) {
		return nil, errInvalidToken
	}
	if err != nil {
		return nil, err
	}
	if !s.proofs.FirstUse(proof) {
		return nil, errReplayed
	}
	return &Principal{Session: session.WithProof(proof.Spendable())}, nil
}

// challenge answers a request that is not authenticated, in a form for both OAuth and GraphQL
// clients: 401 for an invalid credential, another status for a limit or an unexpected error.
func (s *Server) challenge(w http.ResponseWriter, r *http.Request, err error) {
	e := s.present(w, r, err)
	e.SetRetryAfter(w)
	switch {
	case e.Status == http.StatusServiceUnavailable, e.Status == http.StatusTooManyRequests:
		writeJSON(w, e.Status, graphQLError("RATE_LIMITED", e.Message))
	case e.Status >= http.StatusInternalServerError:
		writeJSON(w, e.Status, graphQLError("INTERNAL", e.Message))
	default:
		s.offerNonce(w, err)
		w.Header().Set("WWW-Authenticate", `DPoP error="`+e.Code+`", error_description="`+e.Message+`", algs="ES256"`)
		writeJSON(w, http.StatusUnauthorized, graphQLError("UNAUTHENTICATED", e.Message))
	}
}

func graphQLError(code, message string) any {
	return map[string]any{"errors": []any{map[string]any{"message": message, "extensions": map[string]string{"code": code}}}}
}

// AuthenticateAccount authenticates API requests at the account origin by the account cookie or by
// a tenant's server key, and passes them to next with their principal. It passes on a request
// without a live session without a principal, and answers 401 to an invalid server key.
func (s *Server) AuthenticateAccount(next http.Handler) http.Handler {
	return s.withPrincipal(next, s.accountPrincipal)
}

func (s *Server) accountPrincipal(r *http.Request) (_ *Principal, err error) {
	defer fault.Place(&err, "auth.accountPrincipal")
	credentials := r.Header.Values("Authorization")
	switch {
	case len(credentials) == 0 && r.Header.Get("DPoP") == "":
		session, err := s.AccountSession(r)
		if session == nil || err != nil {
			return nil, err
		}
		return &Principal{Session: session}, nil
	case len(credentials) > 1 || hasAccountCookie(r):
		return nil, errTwoCredentials
	case len(credentials) == 0:
		return nil, errWrongOriginForToken
	}
	scheme, serverKey, _ := strings.Cut(credentials[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(serverKey, "sk_") || len(serverKey) > 64 {
		return nil, errWrongOriginForToken
	}
	key, err := s.db.ServerKeyBySecret(r.Context(), serverKey)
	if errors.Is(err, db.ErrNoServerKey) {
		return nil, refuse(http.StatusUnauthorized, "invalid_token", "This server key is unknown or revoked.")
	}
	if err != nil {
		return nil, err
	}
	return &Principal{ServerKey: key}, nil
}

// authenticate finds the principal of an API request with find, within the limits. It returns nil
// for a request without a credential. Requests without a valid credential are counted by their
// address, since checking them costs as much.
func (s *Server) authenticate(r *http.Request, find func(*http.Request) (*Principal, error)) (*Principal, error) {
	release, err := s.acquireVerification(r, "api")
	if err != nil {
		return nil, err
	}
	p, err := find(r)
	release()
	var refused *Error
	if p == nil && (err == nil || errors.As(err, &refused) && !refused.uncounted) { // not for unexpected errors
		if limited := rateLimitError(s.limits.unauthenticated.count(r)); limited != nil {
			s.recordLimit(r, "requests without a session from an address")
			return nil, limited
		}
	}
	if err != nil || p == nil {
		return nil, err
	}
	p.Address = address.Of(r).String()
	return p, s.limitAPI(p)
}

// isAPIRequest reports whether r has the form of an API request. A page of any site can make a
// visitor's browser send other requests: those are refused, and count against no address.
func isAPIRequest(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return r.Method == http.MethodPost && strings.EqualFold(strings.TrimSpace(kind), "application/json")
}

// EventStream is the media type of an event stream.
const EventStream = "text/event-stream"

// OpensStream reports whether r asks the API for an event stream. A page reconnects by itself, so
// this does not count as using its session, which ends when nobody uses it.
func OpensStream(r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != GraphQLPath {
		return false
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if !strings.Contains(accept, EventStream) { // the common case
		return false
	}
	stream := mediatype.PreferenceFor(accept, EventStream)
	return stream.Named && stream.Quality > 0
}
