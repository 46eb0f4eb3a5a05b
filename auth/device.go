package auth

import (
	"net/http"
	"strings"
)

// A named has the name of a browser or a system and what its user agent has. The first that fits counts, since most
// browsers also name others.
type named struct{ sign, name string }

var (
	browsers = []named{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"}, {"YaBrowser/", "Yandex"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []named{
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

func nameIn(agent string, names []named) string {
	for _, n := range names {
		if strings.Contains(agent, n.sign) {
			return n.name
		}
	}
	return ""
}
