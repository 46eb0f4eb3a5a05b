package auth

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

const requestURIPrefix = "urn:ietf:params:oauth:request_uri:" // RFC 9126 §2.2

// The forms of parameters.
var (
	base64url256 = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`) // 256 bits: S256 challenges, thumbprints, tokens
	localesForm  = regexp.MustCompile(`^[A-Za-z0-9-]+( [A-Za-z0-9-]+)*$`)
	stateForm    = regexp.MustCompile(`^[ -~]*$`)                  // RFC 6749 Appendix A.5
	verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`) // RFC 7636 §4.1
)

// push is the pushed authorization request endpoint (RFC 9126).
func (s *Server) push(w http.ResponseWriter, r *http.Request) {
	requestURI, err := s.pushRequest(w, r)
	if err != nil {
		s.offerNonce(w, err)
		s.writeOAuthError(w, r, err)
		return
	}
	writeJSON(w, http.StatusCreated, struct {
		RequestURI string `json:"request_uri"`
		ExpiresIn  int    `json:"expires_in"`
	}{requestURI.Reveal(), int(requestLife.Seconds())})
}

// pushRequest stores an authorization request and returns its request_uri.
func (s *Server) pushRequest(w http.ResponseWriter, r *http.Request) (requestURI secret.Text, err error) {
	defer fault.Place(&err, "auth.pushRequest")
	request, err := s.readPushedRequest(w, r)
	if err != nil {
		return secret.Text{}, err
	}
	requestURI = secret.Of(requestURIPrefix + secret.New().Reveal())
	hash := hashSecret(requestURI)
	request.RequestURIHash = hash[:]
	err = s.db.PushRequest(r.Context(), request, requestLife)
	switch { // the policy or the key changed while the request was checked
	case errors.Is(err, db.ErrNotAccepted) && request.Subject != nil:
		return secret.Text{}, errBadHandle
	case errors.Is(err, db.ErrNotAccepted):
		return secret.Text{}, errAssertionRequired
	}
	return requestURI, err
}

// readPushedRequest reads and checks an authorization request.
func (s *Server) readPushedRequest(w http.ResponseWriter, r *http.Request) (*db.AuthorizationRequest, error) {
	p, err := readForm(w, r)
	if err != nil {
		return nil, err
	}
	tenant, err := s.tenantOfClient(r, p.Get("client_id"))
	if err != nil {
		return nil, err
	}
	mode := p.Get("response_mode")
	if mode == "" {
		mode = "query"
	}
	embedOrigin := p.Get("embed_origin")
	switch {
	case p.Has("request_uri") || p.Has("request"): // RFC 9126 §2.1
		return nil, badRequest("A pushed request can't refer to another one.")
	case p.Get("response_type") != "code":
		return nil, refuse(http.StatusBadRequest, "unsupported_response_type", "response_type must be code.")
	case mode != "query" && mode != "web_message":
		return nil, badRequest("response_mode must be query or web_message.")
	case p.Get("redirect_uri") != RedirectURI(s.frameOrigin, tenant.Key): // RFC 9700 §2.1: simple string comparison
		return nil, badRequest("redirect_uri must be exactly " + RedirectURI(s.frameOrigin, tenant.Key) + ".")
	case p.Get("code_challenge_method") != "S256" || !base64url256.MatchString(p.Get("code_challenge")): // RFC 7636 §4.3; plain is refused
		return nil, badRequest("code_challenge_method must be S256, with a code_challenge.")
	case p.Get("scope") != "" && p.Get("scope") != "notes":
		return nil, refuse(http.StatusBadRequest, "invalid_scope", "scope must be notes.")
	case p.Get("state") == "": // without it the page could not tell its own response from a forged one
		return nil, badRequest("state is missing. Send a random value with each request.")
	case len(p.Get("state")) > 1024 || !stateForm.MatchString(p.Get("state")):
		return nil, badRequest("state can have at most 1,024 characters, all printable ASCII.")
	case p.Get("ui_locales") != "" && (len(p.Get("ui_locales")) > 100 || !localesForm.MatchString(p.Get("ui_locales"))): // an unknown language is no error
		return nil, badRequest("ui_locales can have at most 100 characters: language tags like pt-BR, with single spaces between them.")
	case !tenant.Embeds(embedOrigin) && !(mode == "query" && (embedOrigin == "" || embedOrigin == s.frameOrigin)):
		return nil, badRequest("embed_origin is not an embed origin of this tenant.")
	}
	if mode == "query" {
		// In query mode our own top-level page asks, and no opener confirms another origin. So the
		// person is shown that page, and the session is bound to it, whatever the request says.
		embedOrigin = s.frameOrigin
	}
	handle := secret.Of(p.Get("identity_handle"))
	if handle.Empty() {
		if err := s.limitSignIns(r); err != nil {
			return nil, err
		}
	}
	contentKey, err := publicJWK(p.Get("content_key_jwk"))
	if err != nil {
		return nil, err
	}
	release, err := s.acquireVerification(r, "par")
	if err != nil {
		return nil, err
	}
	defer release()
	thumbprint, err := s.boundKey(r, p.Get("dpop_jkt"))
	if err != nil {
		return nil, err
	}
	request := &db.AuthorizationRequest{
		TenantKey:     tenant.Key,
		RedirectURI:   p.Get("redirect_uri"),
		ResponseMode:  mode,
		State:         p.Get("state"),
		Scope:         "notes",
		CodeChallenge: p.Get("code_challenge"),
		JKT:           thumbprint,
		EmbedOrigin:   embedOrigin,
		UILocales:     p.Get("ui_locales"),
		ContentKeyJWK: contentKey,
	}
	return request, s.addSubject(r, request, tenant, handle)
}

var (
	errAssertionRequired = refuseUncounted(http.StatusBadRequest, "assertion_required", "This tenant requires visitors to log in at its site first.")
	errBadHandle         = refuse(http.StatusBadRequest, "invalid_identity_handle", "This identity handle is unknown, expired or bound to another key. Exchange a fresh assertion.")
)

// addSubject adds the subject of an identity handle to a request. Whether a handle is required or
// refused is the tenant's policy.
func (s *Server) addSubject(r *http.Request, request *db.AuthorizationRequest, tenant *db.Tenant, handle secret.Text) error {
	if handle.Empty() {
		if tenant.Policy.Assertion == db.AssertionRequired {
			return errAssertionRequired
		}
		return nil
	}
	subject, evidence, err := s.db.SubjectOfHandle(r.Context(), hashSecret(handle), tenant.Key, request.JKT)
	if db.IsCode(err, db.CodeGone) || (err == nil && tenant.Policy.Assertion == db.AssertionNone) {
		return errBadHandle
	}
	if err != nil {
		return err
	}
	hash := hashSecret(handle)
	if err := rateLimitError(s.limits.sessions.count(uuid.UUID(hash[:16]))); err != nil { // a handle may be used more than once
		return err
	}
	request.Subject, request.SubjectEmail, request.SubjectName = &subject.ID, subject.Email, subject.Name
	request.Evidence = evidence
	return nil
}

// boundKey returns the thumbprint of the key to which the code will be bound: dpop_jkt, the key of a
// DPoP proof, or both if they agree (RFC 9449 §10, §10.1).
func (s *Server) boundKey(r *http.Request, dpopJKT string) (string, error) {
	if len(r.Header.Values("DPoP")) == 0 {
		if !base64url256.MatchString(dpopJKT) {
			return "", badRequest("Send dpop_jkt, the key's thumbprint, or a DPoP proof.")
		}
		return dpopJKT, nil
	}
	proof, err := s.verifyProof(r, "/oauth/par", secret.Text{})
	if err != nil {
		return "", err
	}
	if dpopJKT != "" && dpopJKT != proof.Thumbprint {
		return "", badRequest("dpop_jkt doesn't match the key of the proof.")
	}
	return proof.Thumbprint, s.spendProof(r, proof)
}
