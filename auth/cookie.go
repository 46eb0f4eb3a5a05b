package auth

import (
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/address"
)

// Two cookies, both of the account origin alone, each with nothing in it but a random id.
// __Host- asks for Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2).
const (
	accountCookie = "__Host-aside"         // the account session
	browserCookie = "__Host-aside_browser" // ties ceremonies and open requests to one browser
)

// newCookieStore makes cookies that last as long as anything that began with them: an account session, and the widget
// sessions that it granted, of which the last may begin as it ends. So whoever signs in again in the same browser
// continues its chain, and what ends that ends the older widgets too. Whether a session is live is for its row to say.
func newCookieStore(keys *seal.Keyring, widgetLife time.Duration) *sessions.CookieStore {
	store := sessions.NewCookieStore(keys.Derive("cookie authentication"), keys.Derive("cookie encryption"))
	store.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	store.MaxAge(int((accountLife + widgetLife).Seconds())) // Options.MaxAge alone does not bound what is accepted
	return store
}

// cookieID reads the id that a cookie holds; none when there is none or it is not ours.
func (s *Server) cookieID(r *http.Request, name string) secret {
	session, err := s.cookies.Get(r, name)
	if err != nil {
		return secret{} // gorilla gives a new session with the error: a bad cookie is no cookie
	}
	id, _ := session.Values["id"].(string)
	return keep(id)
}

func (s *Server) setCookieID(w http.ResponseWriter, r *http.Request, name string, id secret) error {
	session, _ := s.cookies.New(r, name)
	session.Values = map[any]any{"id": id.reveal()}
	return s.cookies.Save(r, w, session)
}

// browser gives the hash of this browser's id and makes one for a browser that has none.
func (s *Server) browser(w http.ResponseWriter, r *http.Request) (db.TokenHash, error) {
	id := s.cookieID(r, browserCookie)
	if id.empty() {
		id = newSecret()
		if err := s.setCookieID(w, r, browserCookie, id); err != nil {
			return db.TokenHash{}, err
		}
	}
	return id.hash(), nil
}

// AccountSession finds the live account session that the request's cookie is of, nil when
// there is none.
func (s *Server) AccountSession(r *http.Request) (*db.Session, error) {
	id := s.cookieID(r, accountCookie)
	if id.empty() {
		return nil, nil
	}
	session, err := s.presentedSession(r, id, "")
	if errors.Is(err, db.ErrNoSession) || (err == nil && session.Kind != db.SessionAccount) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	session.From = address.Of(r).String()
	return session, nil
}

// newAccountSession is the session that a sign-in in this browser begins, by the id of its cookie.
func (s *Server) newAccountSession(r *http.Request, id secret) db.NewSession {
	return db.NewSession{Token: id.hash(), Idle: accountIdle, Lifetime: accountLife, From: address.Of(r).String()}
}

// replaced gives the token of the account session that a sign-in in this browser ends.
func (s *Server) replaced(r *http.Request) *db.TokenHash {
	id := s.cookieID(r, accountCookie)
	if id.empty() {
		return nil
	}
	hash := id.hash()
	return &hash
}
