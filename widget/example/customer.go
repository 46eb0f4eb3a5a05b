package example

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A customer has an account at the shop. Its number is never given to anybody else, so it is fit for an assertion; an email address is
// not, since people change theirs.
type customer struct {
	ID, Name, Email string
}

// customers are all customers of the shop. A real shop would ask for a password.
var customers = []customer{
	{ID: "customer-1017", Name: "Noor Haddad", Email: "noor@post.example"},
	{ID: "customer-1342", Name: "Joe Miller", Email: "joe@post.example"},
	{ID: "customer-2041", Name: "Mika Tanaka", Email: "mika@post.example"},
}

func findCustomer(id string) *customer {
	for i := range customers {
		if customers[i].ID == id {
			return &customers[i]
		}
	}
	return nil
}

const maxForm = 4 << 10 // bytes

// mountLogin adds the login to one half of the shop.
func (s *shop) mountLogin(mux *http.ServeMux) {
	mux.HandleFunc("GET "+s.Base+"/login", func(w http.ResponseWriter, r *http.Request) {
		s.render(w, "login.html", view{Here: s.returnPath(r.URL.Query().Get("back")), Customer: s.loggedIn(r)})
	})
	mux.Handle("POST "+s.Base+"/login", http.MaxBytesHandler(http.HandlerFunc(s.logIn), maxForm))
	mux.Handle("POST "+s.Base+"/logout", http.MaxBytesHandler(http.HandlerFunc(s.logOut), maxForm))
}

func (s *shop) logIn(w http.ResponseWriter, r *http.Request) {
	c := findCustomer(r.PostFormValue("customer"))
	if c == nil {
		http.Error(w, "The shop has no such customer.", http.StatusBadRequest)
		return
	}
	s.setCookie(w, r, s.newSession(c, time.Now().Add(sessionLife)), int(sessionLife.Seconds()))
	http.Redirect(w, r, s.returnPath(r.PostFormValue("back")), http.StatusSeeOther)
}

func (s *shop) logOut(w http.ResponseWriter, r *http.Request) {
	s.setCookie(w, r, "", -1)
	http.Redirect(w, r, s.returnPath(r.PostFormValue("back")), http.StatusSeeOther)
}

var ownPage = regexp.MustCompile(`^(/coop)?/(tea/[a-z-]+|order(\?tea=[a-z-]+)?)?$`)

// returnPath returns the page of the shop that the visitor comes from. To allow another site's would be an open redirect.
func (s *shop) returnPath(path string) string {
	if ownPage.MatchString(path) {
		return path
	}
	return s.Base + "/"
}

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
