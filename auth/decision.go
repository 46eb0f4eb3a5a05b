package auth

import (
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// A decision is what the person chose in the popup.
type decision struct {
	Interaction string `json:"interaction"`
	EmbedOrigin string `json:"embed_origin"` // reported by the opener; "" in query mode
	Decision    string `json:"decision"`     // continue, allow, link, not_now or deny
}

// A step tells the popup what to do next.
type step struct {
	Next     string             `json:"next"`              // consent, link, linked_elsewhere, respond or redirect
	Subject  *stepSubject       `json:"subject,omitempty"` // of consent: may be linked too
	Merges   bool               `json:"merges,omitempty"`  // linking merges vouched notes into the account, and the tenant can no longer read them
	Response *authorizeResponse `json:"response,omitempty"`
	Location string             `json:"location,omitempty"`

	ContentKey *requestedKey `json:"content_key,omitempty"` // for the popup to add to the response or the location
}

type stepSubject struct {
	Label string `json:"label"`
}

// An authorizeResponse is an authorization response (RFC 6749 §4.1.2) with its issuer (RFC 9207).
type authorizeResponse struct {
	Code  string `json:"code,omitempty"`
	Error string `json:"error,omitempty"`
	State string `json:"state"`
	Iss   string `json:"iss"`
}

var errWrongOrigin = refuse(http.StatusForbidden, "wrong_origin", "The page that opened this window didn’t request this sign-in. Close the window, and sign in only from a page you trust.")

// decide is the endpoint to which the popup posts the person's decision.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) {
	next, err := s.decideRequest(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, next)
}

func (s *Server) decideRequest(w http.ResponseWriter, r *http.Request) (_ *step, err error) {
	defer fault.Place(&err, "auth.decideRequest")
	var d decision
	if err := readJSON(w, r, maxFormBody, &d); errors.Is(err, io.EOF) {
		return nil, badRequest("Send a decision.")
	} else if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(d.Interaction)
	if err != nil {
		return nil, badRequest("The interaction can't be read.")
	}
	release, err := s.acquireVerification(r, "decision")
	if err != nil {
		return nil, err
	}
	defer release()
	browser := hashSecret(s.cookieID(r, browserCookie))
	request, err := s.db.OpenedRequest(r.Context(), id, browser)
	if err != nil {
		return nil, err
	}
	if err := rateLimitError(s.limits.sessions.count(request.ID)); err != nil {
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
		return nil, errSignInFirst
	}
	switch d.Decision {
	case "continue":
		consented, err := s.db.HasConsented(r.Context(), account.UserID, request.TenantKey)
		if err != nil {
			return nil, err
		}
		if !consented {
			return s.askConsent(r, request)
		}
		return s.grantOrAskToLink(r, request, browser, account)
	case "allow":
		return s.grantOrAskToLink(r, request, browser, account)
	case "link":
		return s.grantRequest(r, request, browser, account, true)
	case "not_now":
		return s.grantRequest(r, request, browser, account, false)
	default:
		return nil, badRequest("The decision must be continue, allow, link, not_now or deny.")
	}
}

// askConsent asks the person to allow the tenant and, if it asserts a subject that no account has linked, whether to link
// that too: the answer is then link or not_now instead of allow.
func (s *Server) askConsent(r *http.Request, request *db.AuthorizationRequest) (*step, error) {
	subject := request.AssertedSubject()
	if subject == nil {
		return &step{Next: "consent"}, nil
	}
	_, err := s.db.LinkedTo(r.Context(), request.TenantKey, subject.ID)
	if !db.IsCode(err, db.CodeNotFound) {
		return &step{Next: "consent"}, err
	}
	merges, err := s.db.HasVouchedAccount(r.Context(), request.TenantKey, subject.ID)
	return &step{Next: "consent", Subject: &stepSubject{subject.Label()}, Merges: merges}, err
}

// grantOrAskToLink grants the request, or asks the person first whether to link the asserted subject to
// their account. It does not ask if the tenant asserts none, or if it is linked already.
func (s *Server) grantOrAskToLink(r *http.Request, request *db.AuthorizationRequest, browser db.TokenHash, account *db.Session) (*step, error) {
	subject := request.AssertedSubject()
	if subject == nil {
		return s.grantRequest(r, request, browser, account, false)
	}
	linked, err := s.db.LinkedTo(r.Context(), request.TenantKey, subject.ID)
	switch {
	case db.IsCode(err, db.CodeNotFound):
		merges, err := s.db.HasVouchedAccount(r.Context(), request.TenantKey, subject.ID)
		return &step{Next: "link", Subject: &stepSubject{subject.Label()}, Merges: merges}, err
	case err != nil:
		return nil, err
	case linked != account.UserID:
		return s.linkedElsewhere(r, request, account)
	default:
		return s.grantRequest(r, request, browser, account, true) // again, to store a new e-mail or name
	}
}

// grantRequest grants the request to the account and delivers an authorization code. With link, it
// also links the asserted subject to the account.
func (s *Server) grantRequest(r *http.Request, request *db.AuthorizationRequest, browser db.TokenHash, account *db.Session, link bool) (*step, error) {
	key, err := s.keyForWidget(r.Context(), request, account)
	if err != nil {
		return nil, err
	}
	code := secret.New()
	err = s.db.GrantRequest(r.Context(), request.ID, browser, account, link, hashSecret(code), codeLife)
	if errors.Is(err, db.ErrLinkedElsewhere) {
		return s.linkedElsewhere(r, request, account)
	}
	if err != nil {
		return nil, err
	}
	next := s.respond(request, authorizeResponse{Code: code.Reveal()})
	next.ContentKey = key
	return next, nil
}

// linkedElsewhere records that the asserted subject is linked to another account, and returns the
// step that explains it.
func (s *Server) linkedElsewhere(r *http.Request, request *db.AuthorizationRequest, account *db.Session) (*step, error) {
	err := s.db.RecordRefusedLink(r.Context(), account, request.TenantKey)
	return &step{Next: "linked_elsewhere", Subject: &stepSubject{request.AssertedSubject().Label()}}, err
}

// checkEmbedder checks that the page that opened the popup is the one in the request, and that it may
// still embed the tenant's widget. reported is its origin.
func (s *Server) checkEmbedder(r *http.Request, request *db.AuthorizationRequest, reported string) error {
	tenant, err := s.tenantOfClient(r, request.TenantKey)
	if err != nil {
		return err
	}
	if request.ResponseMode == "query" {
		return nil // our own page asks: see readPushedRequest
	}
	if reported != request.EmbedOrigin || !tenant.Embeds(reported) {
		return errWrongOrigin
	}
	return nil
}

// respond returns the step that delivers an authorization response in the request's response mode.
// Both modes deliver it to the frame origin only.
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
