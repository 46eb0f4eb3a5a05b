package example

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	sessionCookie = "shop_session"
	sessionLife   = 12 * time.Hour
)

// setCookie sets the session's cookie. Scripts cannot read it (HttpOnly), and posts from other sites do not send it (SameSite).
func (s *shop) setCookie(w http.ResponseWriter, r *http.Request, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
}

// newSession returns a cookie that names the customer and an expiry, signed by the shop: all its nodes know the same secret, so none has
// to store sessions.
func (s *shop) newSession(c *customer, until time.Time) string {
	session := c.ID + "." + strconv.FormatInt(until.Unix(), 10)
	return session + "." + s.seal(session)
}

// loggedIn returns the customer of the request's session; nil if there is none.
func (s *shop) loggedIn(r *http.Request) *customer {
	cookie, err := r.Cookie(sessionCookie)
	if s.Secret == nil || err != nil {
		return nil
	}
	end := strings.LastIndexByte(cookie.Value, '.')
	if end < 0 || !hmac.Equal([]byte(s.seal(cookie.Value[:end])), []byte(cookie.Value[end+1:])) {
		return nil
	}
	id, until, _ := strings.Cut(cookie.Value[:end], ".")
	if seconds, err := strconv.ParseInt(until, 10, 64); err != nil || time.Now().Unix() >= seconds {
		return nil
	}
	return findCustomer(id)
}

// seal signs a session. A session never has the form of a JWT, so neither can be mistaken for the other.
func (s *shop) seal(session string) string {
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte("session\x00" + session))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
