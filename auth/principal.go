package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/company-a/aside/db"
)

// A Principal is who is asking: the person of a live session, or a tenant's backend. Exactly
// one of the two is there.
//
// A widget's request brought a DPoP proof. What asks is noticed here, on this node, if it is
// asked twice; what changes something spends the proof in the database with the change itself
// (db.Session.Proved), exactly once across all nodes (RFC 9449 §11.1).
type Principal struct {
	Session   *db.Session
	ServerKey *db.ServerKey
	Address   string // that the request came from, for limits and the audit log
}

type principalKey struct{}

// WithPrincipal gives a context in which PrincipalFrom finds p.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom finds who is asking, nil for nobody.
func PrincipalFrom(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// GraphQLPath is where the API is, on both origins.
const GraphQLPath = "/graphql"

// Widget lets requests to the API at the frame origin through: with the principal of their
// access token, or with none if they present no credential. Anything presented that is not
// in order is answered 401 (RFC 9449 §7.1).
func (s *Server) Widget(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !asksAPI(r) {
			next.ServeHTTP(w, r)
			return
		}
		p, err := s.recognize(r, s.widgetPrincipal)
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

func hasOurCookie(r *http.Request) bool {
	_, err := r.Cookie(accountCookie)
	return err == nil
}

func (s *Server) widgetPrincipal(r *http.Request) (*Principal, error) {
	if r.Header.Get("Authorization") == "" && r.Header.Get("DPoP") == "" && !hasOurCookie(r) {
		return nil, nil
	}
	if hasOurCookie(r) || len(r.Header.Values("Authorization")) > 1 {
		return nil, errTwoCredentials
	}
	scheme, presented, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "DPoP") || presented == "" || len(presented) > 512 {
		return nil, refuse(http.StatusUnauthorized, "invalid_token", "Send the access token as Authorization: DPoP, with a proof.")
	}
	token := keep(presented)
	proof, err := s.verifyProof(r, GraphQLPath, token)
	if err != nil {
		return nil, err
	}
	// A token that was proved with another key than its own finds no session: (12), second half.
	session, err := s.presentedSession(r, token, proof.jkt)
	if errors.Is(err, db.ErrNoSession) || (err == nil && session.Kind != db.SessionWidget) {
		return nil, errInvalidToken
	}
	if err != nil {
		return nil, err
	}
	if !s.replays.first(proof.id) {
		return nil, errReplayed
	}
	return &Principal{Session: session.Proved(db.Proof{ID: proof.id, Keep: proofKept})}, nil
}

// challenge answers who is not let in, in the form that both OAuth and GraphQL clients read:
// 401 for credentials that are not in order, and something else for what is our own trouble.
func (s *Server) challenge(w http.ResponseWriter, r *http.Request, err error) {
	e := s.shown(r, err)
	e.SayWhen(w)
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

// Account lets requests to the API at the account origin through: with the principal of
// their cookie or of a tenant's server key, or with none.
func (s *Server) Account(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !asksAPI(r) {
			next.ServeHTTP(w, r)
			return
		}
		p, err := s.recognize(r, s.accountPrincipal)
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

func (s *Server) accountPrincipal(r *http.Request) (*Principal, error) {
	credentials := r.Header.Values("Authorization")
	switch {
	case len(credentials) == 0 && r.Header.Get("DPoP") == "":
		session, err := s.AccountSession(r)
		if session == nil || err != nil {
			return nil, err
		}
		return &Principal{Session: session}, nil
	case len(credentials) > 1 || hasOurCookie(r):
		return nil, errTwoCredentials
	case len(credentials) == 0:
		return nil, errWrongOriginForToken
	}
	scheme, secret, _ := strings.Cut(credentials[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, "sk_") || len(secret) > 64 {
		return nil, errWrongOriginForToken
	}
	key, err := s.db.ServerKeyBySecret(r.Context(), secret)
	if errors.Is(err, db.ErrNoServerKey) {
		return nil, refuse(http.StatusUnauthorized, "invalid_token", "This server key is unknown or revoked.")
	}
	if err != nil {
		return nil, err
	}
	return &Principal{ServerKey: key}, nil
}
