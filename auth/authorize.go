package auth

import (
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// OpenInteraction opens the pushed request that r, a visit to /oauth/authorize, names, and
// binds it to this browser (RFC 9126 §4). It may set the browser's cookie on w. A refusal
// is an *Error for a page, never for a redirect: nobody has vouched for where to. Any other
// error is a fault. A request that was pushed is opened wherever its browser is; what is none counts
// against the address.
func (s *Server) OpenInteraction(w http.ResponseWriter, r *http.Request) (*Interaction, error) {
	if fetched(r) || framed(r) {
		return nil, refuse(http.StatusForbidden, "not_a_visit", "Open this address in a window.")
	}
	i, err := s.openInteraction(w, r)
	if err != nil {
		err = refusal(err)
	}
	var refused *Error
	if errors.As(err, &refused) {
		return nil, s.failed(r, refused)
	}
	return i, err
}

func (s *Server) openInteraction(w http.ResponseWriter, r *http.Request) (*Interaction, error) {
	q := r.URL.Query()
	requestURI, clientID := keep(q.Get("request_uri")), q.Get("client_id")
	if requestURI.empty() || clientID == "" || len(q["request_uri"]) > 1 || len(q["client_id"]) > 1 {
		return nil, badRequest("This address is incomplete. Go back to the page you came from and sign in there.")
	}
	tenant, request, err := s.openRequest(w, r, requestURI, clientID)
	if err != nil {
		return nil, err
	}
	account, err := s.AccountSession(r)
	if err != nil {
		return nil, err
	}
	i := &Interaction{
		ID:           request.ID.String(),
		RequestURI:   requestURI.reveal(),
		TenantKey:    tenant.Key,
		TenantName:   tenant.Card(),
		EmbedOrigin:  request.EmbedOrigin,
		FrameOrigin:  s.frameOrigin,
		ResponseMode: request.ResponseMode,
	}
	if account != nil {
		i.DisplayName = account.DisplayName
	}
	if subject := request.AssertedSubject(); subject != nil {
		i.SubjectLabel = subject.Label()
		if i.Vouched, err = s.db.Vouched(r.Context(), tenant.Key, subject.ID); err != nil {
			return nil, err
		}
	}
	return i, nil
}

// openRequest finds a pushed request and opens it. Looking comes first: what is none, or is open in this
// browser already, costs no write, and sets no cookie.
func (s *Server) openRequest(w http.ResponseWriter, r *http.Request, requestURI secret, clientID string) (*db.Tenant, *db.AuthorizationRequest, error) {
	leave, err := s.turn(r, "authorize")
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	tenant, err := s.client(r, clientID)
	if err != nil {
		return nil, nil, err
	}
	request, err := s.db.OpenableRequest(r.Context(), requestURI.hash(), clientID, s.cookieID(r, browserCookie).hash())
	if err != nil {
		return nil, nil, err
	}
	if err := tooOften(s.paces.sessions.count(request.ID)); err != nil || request.BrowserHash != nil {
		return tenant, request, err
	}
	browser, err := s.browser(w, r)
	if err != nil {
		return nil, nil, err
	}
	request, err = s.db.OpenRequest(r.Context(), requestURI.hash(), clientID, browser, interactionLife)
	return tenant, request, err
}

// A decision is what the person did in the popup.
type decision struct {
	Interaction string `json:"interaction"`
	EmbedOrigin string `json:"embed_origin"` // reported by the opener, "" in query mode
	Decision    string `json:"decision"`     // continue, allow, link, not_now or deny
}

// A step is what the popup does next.
type step struct {
	Next     string             `json:"next"` // consent, link, linked_elsewhere, respond or redirect
	Subject  *stepSubject       `json:"subject,omitempty"`
	Merges   bool               `json:"merges,omitempty"` // linking makes the notes that the tenant could open the person's alone
	Response *authorizeResponse `json:"response,omitempty"`
	Location string             `json:"location,omitempty"`
}

type stepSubject struct {
	Label string `json:"label"`
}

// An authorizeResponse is RFC 6749 §4.1.2 with the issuer of RFC 9207.
type authorizeResponse struct {
	Code  string `json:"code,omitempty"`
	Error string `json:"error,omitempty"`
	State string `json:"state"`
	Iss   string `json:"iss"`
}

var errWrongOrigin = refuse(http.StatusForbidden, "wrong_origin", "The page that opened this window didn’t request this sign-in. Close the window, and sign in only from a page you trust.")

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
	if err := readJSON(w, r, maxFormBody, &d); errors.Is(err, io.EOF) {
		return nil, badRequest("Send a decision.")
	} else if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(d.Interaction)
	if err != nil {
		return nil, badRequest("The interaction cannot be read.")
	}
	leave, err := s.turn(r, "decision")
	if err != nil {
		return nil, err
	}
	defer leave()
	browser := s.cookieID(r, browserCookie).hash()
	request, err := s.db.OpenedRequest(r.Context(), id, browser)
	if err != nil {
		return nil, err
	}
	if err := tooOften(s.paces.sessions.count(request.ID)); err != nil {
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
		return s.linkOrGrant(r, request, browser, account)
	case "allow":
		return s.linkOrGrant(r, request, browser, account)
	case "link":
		return s.grantRequest(r, request, browser, account, true)
	case "not_now":
		return s.grantRequest(r, request, browser, account, false)
	default:
		return nil, badRequest("The decision must be continue, allow, link, not_now or deny.")
	}
}

// linkOrGrant asks whether to link whom the tenant asserts, unless there is nothing to ask.
func (s *Server) linkOrGrant(r *http.Request, request *db.AuthorizationRequest, browser db.TokenHash, account *db.Session) (*step, error) {
	subject := request.AssertedSubject()
	if subject == nil {
		return s.grantRequest(r, request, browser, account, false)
	}
	whose, err := s.db.LinkedTo(r.Context(), request.TenantKey, subject.ID)
	switch {
	case db.IsCode(err, db.CodeNotFound):
		merges, err := s.db.Vouched(r.Context(), request.TenantKey, subject.ID)
		return &step{Next: "link", Subject: &stepSubject{subject.Label()}, Merges: merges}, err
	case err != nil:
		return nil, err
	case whose != account.UserID:
		return s.linkedElsewhere(r, request, account)
	default:
		return s.grantRequest(r, request, browser, account, true) // once more, for a new e-mail or name
	}
}

// grantRequest decides the request for the account and gives the code to where it asked for it.
func (s *Server) grantRequest(r *http.Request, request *db.AuthorizationRequest, browser db.TokenHash, account *db.Session, link bool) (*step, error) {
	code := newSecret()
	err := s.db.GrantRequest(r.Context(), request.ID, browser, account, link, code.hash(), codeLife)
	if errors.Is(err, db.ErrLinkedElsewhere) {
		return s.linkedElsewhere(r, request, account)
	}
	if err != nil {
		return nil, err
	}
	return s.respond(request, authorizeResponse{Code: code.reveal()}), nil
}

// linkedElsewhere shows a way out to whoever the tenant says is somebody that another account has linked.
func (s *Server) linkedElsewhere(r *http.Request, request *db.AuthorizationRequest, account *db.Session) (*step, error) {
	err := s.db.RecordRefusedLink(r.Context(), account, request.TenantKey)
	return &step{Next: "linked_elsewhere", Subject: &stepSubject{request.AssertedSubject().Label()}}, err
}

// checkEmbedder makes sure that the page the person came from is the one that the request
// claims, and that it may embed the tenant's widget still.
func (s *Server) checkEmbedder(r *http.Request, request *db.AuthorizationRequest, reported string) error {
	tenant, err := s.client(r, request.TenantKey)
	if err != nil {
		return err
	}
	if request.ResponseMode == "query" {
		return nil // on our own page, whichever that was: see pushedRequest
	}
	if reported != request.EmbedOrigin || !tenant.Embeds(reported) {
		return errWrongOrigin
	}
	return nil
}

// respond delivers an authorization response the way the request asked for. Both ways end
// on the frame origin.
func (s *Server) respond(request *db.AuthorizationRequest, response authorizeResponse) *step {
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
