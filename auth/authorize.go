package auth

import (
	"errors"
	"net/http"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// An Interaction is a pushed authorization request that is open in one browser and waits for the
// person's decision. The popup shows it.
type Interaction struct {
	ID           string // opaque, sent back with each decision
	RequestURI   string // RFC 9126 §2.2, part of the handshake with the opener
	TenantKey    string
	TenantName   string
	EmbedOrigin  string // of the page that embeds the widget, according to the request
	FrameOrigin  string // the only origin that may receive the response
	ResponseMode string // "web_message" or "query"
	UILocales    string // the languages that the widget asks for (OpenID Connect Core §3.1.2.1); "" for none
	SubjectLabel string // the visitor's e-mail, name or id at the tenant; "" if the tenant asserts none
	Vouched      bool   // the visitor has notes that the tenant can read, until they are merged into an account with a passkey
	DisplayName  string // of the account that is signed in in this browser; "" if none is
	EndToEnd     bool   // only the devices of that account can read its notes
	StaleKey     bool   // this browser has a key of end-to-end encrypted notes, and nobody is signed in who has such notes
}

// OpenInteraction opens the pushed request of r, a visit to /oauth/authorize, and binds it to this
// browser (RFC 9126 §4). It may set the browser's cookie on w. A refusal is an *Error, to be shown
// on a page and never by a redirect, since the redirect URI is not verified yet. Any other error is
// unexpected. A visit with an unknown request counts as a failure of its address; a visit with a
// pushed request is never refused because of its address. With an error, the Interaction has nothing but UILocales.
func (s *Server) OpenInteraction(w http.ResponseWriter, r *http.Request) (*Interaction, error) {
	if isSubresource(r) || isFramed(r) {
		return &Interaction{}, refuse(http.StatusForbidden, "not_a_visit", "Open this address in a window.")
	}
	i, err := s.openInteraction(w, r)
	if err != nil {
		err = fromDB(err)
	}
	var refused *Error
	if errors.As(err, &refused) {
		refused = s.countFailure(r, refused)
		return &Interaction{UILocales: s.localesOfRefused(r, refused)}, refused
	}
	if err != nil {
		return &Interaction{}, err
	}
	return i, nil
}

// localesOfRefused returns the languages of a pushed request that can't be opened. It asks nothing of a database that is busy.
func (s *Server) localesOfRefused(r *http.Request, refused *Error) string {
	if refused.Status != http.StatusGone && refused.Status != http.StatusUnauthorized {
		return ""
	}
	q := r.URL.Query()
	locales, err := s.db.RequestedLocales(r.Context(), hashSecret(secret.Of(q.Get("request_uri"))), q.Get("client_id"))
	if err != nil {
		return "" // the page is in the browser's language
	}
	return locales
}

func (s *Server) openInteraction(w http.ResponseWriter, r *http.Request) (_ *Interaction, err error) {
	defer fault.Place(&err, "auth.openInteraction")
	q := r.URL.Query()
	requestURI, clientID := secret.Of(q.Get("request_uri")), q.Get("client_id")
	if requestURI.Empty() || clientID == "" || len(q["request_uri"]) > 1 || len(q["client_id"]) > 1 {
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
		RequestURI:   requestURI.Reveal(),
		TenantKey:    tenant.Key,
		TenantName:   tenant.DisplayName(),
		EmbedOrigin:  request.EmbedOrigin,
		FrameOrigin:  s.frameOrigin,
		ResponseMode: request.ResponseMode,
		UILocales:    request.UILocales,
	}
	if account != nil {
		setAccountUsed(w) // again, for as long
		i.DisplayName, i.EndToEnd = account.DisplayName, account.Sealing == db.SealingEndToEnd
	}
	i.StaleKey = hasContentKey(r) && (account == nil || account.Sealing == db.SealingServer)
	if subject := request.AssertedSubject(); subject != nil {
		i.SubjectLabel = subject.Label()
		if i.Vouched, err = s.db.HasVouchedAccount(r.Context(), tenant.Key, subject.ID); err != nil {
			return nil, err
		}
	}
	return i, nil
}

// openRequest finds a pushed request and opens it. It writes nothing and sets no cookie for an unknown
// request, or for one that is open in this browser already.
func (s *Server) openRequest(w http.ResponseWriter, r *http.Request, requestURI secret.Text, clientID string) (*db.Tenant, *db.AuthorizationRequest, error) {
	release, err := s.acquireVerification(r, "authorize")
	if err != nil {
		return nil, nil, err
	}
	defer release()
	tenant, err := s.tenantOfClient(r, clientID)
	if err != nil {
		return nil, nil, err
	}
	request, err := s.db.OpenableRequest(r.Context(), hashSecret(requestURI), clientID, hashSecret(s.cookieID(r, browserCookie)))
	if err != nil {
		return nil, nil, err
	}
	if err := rateLimitError(s.limits.sessions.count(request.ID)); err != nil || request.BrowserHash != nil {
		return tenant, request, err
	}
	browser, err := s.browserHash(w, r)
	if err != nil {
		return nil, nil, err
	}
	request, err = s.db.OpenRequest(r.Context(), hashSecret(requestURI), clientID, browser, interactionLife)
	return tenant, request, err
}
