package auth

import (
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/secret"
)

// The two cookies of the account origin with an id, which is random. Each holds nothing else. __Host- requires
// Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2).
const (
	accountCookie = "__Host-aside"         // the account session
	browserCookie = "__Host-aside_browser" // binds ceremonies and open requests to one browser
)

// keyCookie marks a browser in which the account origin keeps the key of end-to-end encrypted notes. The script that keeps the key sets
// it, and the one that removes the key removes it (web/src/session/content_key.ts).
const keyCookie = "__Host-aside_key"

func hasContentKey(r *http.Request) bool {
	_, err := r.Cookie(keyCookie)
	return err == nil
}

// usedCookie says that some account was used in this browser. It has no identity. Scripts ask before another account is created
// (web/src/passkey/used_account.ts), and remove it with the account.
const usedCookie = "__Host-aside_used"

// usedLife is how long browsers keep a cookie at most (RFC 6265bis §5.5).
const usedLife = 400 * 24 * time.Hour

func setAccountUsed(w http.ResponseWriter) {
	// Not HttpOnly, since scripts read it. It holds no secret.
	http.SetCookie(w, &http.Cookie{Name: usedCookie, Value: "1", Path: "/", MaxAge: int(usedLife.Seconds()), Secure: true, SameSite: http.SameSiteLaxMode})
}

// setAccountCookie signs this browser in to an account.
func (s *Server) setAccountCookie(w http.ResponseWriter, r *http.Request, token secret.Text) error {
	setAccountUsed(w)
	return s.setCookieID(w, r, accountCookie, token)
}

// newCookieStore returns a store of cookies that last as long as everything that began with them: an
// account session, and the widget sessions that it granted, the last of which may begin just before
// the account session ends. So a person who signs in again in the same browser continues the chain
// of sessions, and a sign-out ends the older widget sessions too. Whether a session is live is up
// to its row in the database.
func newCookieStore(keys *seal.Keyring, widgetLife time.Duration) *sessions.CookieStore {
	store := sessions.NewCookieStore(keys.Derive("cookie authentication"), keys.Derive("cookie encryption"))
	store.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	store.MaxAge(int((accountLife + widgetLife).Seconds())) // Options.MaxAge limits only what the browser keeps
	return store
}

// cookieID returns the id in a cookie, or an empty secret if there is no valid cookie.
func (s *Server) cookieID(r *http.Request, name string) secret.Text {
	session, err := s.cookies.Get(r, name)
	if err != nil {
		return secret.Text{} // an invalid cookie counts as none
	}
	id, _ := session.Values["id"].(string)
	return secret.Of(id)
}

func (s *Server) setCookieID(w http.ResponseWriter, r *http.Request, name string, id secret.Text) error {
	session, _ := s.cookies.New(r, name)
	session.Values = map[any]any{"id": id.Reveal()}
	return s.cookies.Save(r, w, session)
}

// browserHash returns the hash of this browser's id, and sets the cookie for a browser without one.
func (s *Server) browserHash(w http.ResponseWriter, r *http.Request) (db.TokenHash, error) {
	id := s.cookieID(r, browserCookie)
	if id.Empty() {
		id = secret.New()
		if err := s.setCookieID(w, r, browserCookie, id); err != nil {
			return db.TokenHash{}, err
		}
	}
	return hashSecret(id), nil
}
