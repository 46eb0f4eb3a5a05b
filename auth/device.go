package auth

import (
	"net/http"
	"strings"
)

// A product is a browser or a system. The token is the part of the User-Agent header that identifies it. In a list of
// products, the first match counts, since most browsers also send the tokens of others.
type product struct{ token, name string }

var (
	browsers = []product{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"}, {"YaBrowser/", "Yandex"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []product{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "Mac"}, {"Linux", "Linux"}, {"X11", "Linux"},
	}
)

// deviceOf returns the browser and system of a request, such as "Firefox · Windows", for the person to recognize. It returns
// "" if neither is known. Nothing else of the user agent is kept.
func deviceOf(r *http.Request) string {
	agent := r.UserAgent()
	browser, system := nameIn(agent, browsers), nameIn(agent, systems)
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + " · " + system
}

// nameIn returns the name of the first product that a user agent names, or "" if it names none.
func nameIn(agent string, products []product) string {
	for _, p := range products {
		if strings.Contains(agent, p.token) {
			return p.name
		}
	}
	return ""
}
