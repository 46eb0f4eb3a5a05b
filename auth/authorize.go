package auth

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// OpenInteraction opens the pushed request that r, a visit to /oauth/authorize, names, and
// binds it to this browser (RFC 9126 §4). It may set the browser's cookie on w. A refusal
// is an *Error for a page, never for a redirect: nobody has vouched for where to. Any other
// error is a fault.
func (s *Server) OpenInteraction(w http.ResponseWriter, r *http.Request) (*Interaction, error) {
	q := r.URL.Query()
	requestURI, clientID := q.Get("request_uri"), q.Get("client_id")
	if requestURI == "" || clientID == "" || len(q["request_uri"]) > 1 || len(q["client_id"]) > 1 {
		return nil, badRequest("This address is incomplete. Go back to the page you came from and sign in from there.")
	}
	tenant, err := s.client(r, clientID)
	if err != nil {
		return nil, err
	}
	browser, err := s.browser(w, r)
	if err != nil {
		return nil, err
	}
	request, err := s.db.OpenRequest(r.Context(), db.HashToken(requestURI), clientID, browser, interactionLife)
	if err != nil {
		return nil, refusal(err)
	}
	account, err := s.AccountSession(r)
	if err != nil {
		return nil, err
	}
	i := &Interaction{
		ID:           request.ID.String(),
		RequestURI:   requestURI,
		TenantKey:    tenant.Key,
		TenantName:   tenant.Name,
		EmbedOrigin:  request.EmbedOrigin,
		FrameOrigin:  s.frameOrigin,
		ResponseMode: request.ResponseMode,
	}
	if account != nil {
		i.DisplayName = account.DisplayName
	}
	return i, nil
}

// A decision is what the person did in the popup.
type decision struct {
	Interaction string `json:"interaction"`
	EmbedOrigin string `json:"embed_origin"` // reported by the opener, "" in query mode
	Decision    string `json:"decision"`     // continue, allow or deny
}

// A step is what the popup does next.
type step struct {
	Next     string             `json:"next"` // consent, respond or redirect
	Response *authorizeResponse `json:"response,omitempty"`
	Location string             `json:"location,omitempty"`
}

// An authorizeResponse is RFC 6749 §4.1.2 with the issuer of RFC 9207.
type authorizeResponse struct {
	Code  string `json:"code,omitempty"`
	Error string `json:"error,omitempty"`
	State string `json:"state"`
	Iss   string `json:"iss"`
}

var errWrongOrigin = refuse(http.StatusForbidden, "wrong_origin", "The page that opened this window is not the one that asked to. Close it, and sign in only from a page you know.")

func (s *Server) decide(w http.ResponseWriter, r *http.Request) {
	next, err := s.decideRequest(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, next)
}

func (s *Server) decideRequest(w http.ResponseWriter, r *http.Request) (*step, error) {
	var d decision
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFormBody)).Decode(&d); err != nil {
		return nil, badRequest("The decision cannot be read.")
	}
	id, err := uuid.Parse(d.Interaction)
	if err != nil {
		return nil, badRequest("The interaction cannot be read.")
	}
	browser := db.HashToken(s.cookieID(r, browserCookie))
	request, err := s.db.OpenedRequest(r.Context(), id, browser)
	if err != nil {
		return nil, err
	}
	if d.Decision == "deny" {
		if err := s.db.DenyRequest(r.Context(), id, browser); err != nil {
			return nil, err
		}
		return s.respond(request, authorizeResponse{Error: "access_denied"}), nil
	}
	if err := s.checkEmbedder(r, request, d.EmbedOrigin); err != nil {
		return nil, err
	}
	account, err := s.AccountSession(r)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, refuse(http.StatusUnauthorized, "unauthenticated", "Sign in with a passkey first.")
	}
	switch d.Decision {
	case "continue":
		consented, err := s.db.Consented(r.Context(), account.UserID, request.TenantKey)
		if err != nil {
			return nil, err
		}
		if !consented {
			return &step{Next: "consent"}, nil
		}
	case "allow":
	default:
		return nil, badRequest("The decision is continue, allow or deny.")
	}
	code := newSecret()
	if err := s.db.GrantRequest(r.Context(), id, browser, account, false, db.HashToken(code), codeLife); err != nil {
		return nil, err
	}
	return s.respond(request, authorizeResponse{Code: code}), nil
}

// checkEmbedder makes sure that the page the person came from is the one that the request
// claims, and that it may embed the tenant's widget still.
func (s *Server) checkEmbedder(r *http.Request, request *db.Request, reported string) error {
	tenant, err := s.client(r, request.TenantKey)
	if err != nil {
		return err
	}
	if request.ResponseMode == "query" {
		if request.EmbedOrigin != s.frameOrigin && !tenant.Embeds(request.EmbedOrigin) {
			return errWrongOrigin
		}
		return nil
	}
	if reported != request.EmbedOrigin || !tenant.Embeds(reported) {
		return errWrongOrigin
	}
	return nil
}

// respond delivers an authorization response the way the request asked for. Both ways end
// on the frame origin.
func (s *Server) respond(request *db.Request, response authorizeResponse) *step {
	response.State, response.Iss = request.State, s.accountOrigin
	if request.ResponseMode == "web_message" {
		return &step{Next: "respond", Response: &response}
	}
	q := url.Values{"iss": {response.Iss}}
	if response.Code != "" {
		q.Set("code", response.Code)
	} else {
		q.Set("error", response.Error)
	}
	if response.State != "" {
		q.Set("state", response.State)
	}
	return &step{Next: "redirect", Location: request.RedirectURI + "?" + q.Encode()}
}
