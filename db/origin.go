package db

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// ParseOrigin parses an origin that a person typed and returns it as browsers serialize it (RFC 6454 §6.2, HTML's
// "serialization of an origin"): lower case, IDNA in ASCII form, no default port. It accepts only a scheme, a host
// and a port; http only for this computer (loopback, localhost and *.localhost); no host that looks like another
// one (see lookalike). It returns CodeInvalid, field "origin", with a message that says what to write instead.
func ParseOrigin(s string) (string, error) {
	bad := func(format string, args ...any) (string, error) { return "", invalid("origin", format, args...) }
	const example = "Write it like https://shop.example or https://shop.example:8443."
	switch {
	case s == "":
		return bad("An origin is missing. " + example)
	case len(s) > 300 || !validText(s):
		return bad("An origin must be text, and not this long. " + example)
	case s == "null":
		return bad("The origin null, which sandboxed pages and local files have, can't embed the widget. " + example)
	case strings.ContainsAny(s, " \t\r\n\\,"):
		return bad("Enter one origin at a time, without spaces, commas or backslashes. " + example)
	case strings.Contains(s, "*"):
		return bad("Wildcards are not supported. Add each origin separately, like https://www.shop.example and https://blog.shop.example.")
	}
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case !ok && !strings.ContainsAny(s, ":/?#@"):
		return bad("The scheme is missing. Write https:// before the host. " + example)
	case !ok || (scheme != "https" && scheme != "http"):
		return bad("An origin must start with https://. " + example)
	case strings.Contains(rest, "@"):
		return bad("An origin can't have a user name or password. Remove everything up to the @, and make sure that the host after it is yours. " + example)
	}
	rest = strings.TrimSuffix(rest, "/")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		return bad("An origin can't have a path, query or fragment. Remove everything after the host, from %q on. "+example, rest[end:end+1])
	}
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil || u.Host == "" {
		return bad("This is not an origin. " + example)
	}
	host, local, err := parseHost(u.Hostname())
	if err != nil {
		return "", err
	}
	if scheme == "http" && !local {
		return bad("http is only allowed for this computer (localhost, *.localhost, 127.0.0.1, [::1]), since anyone on the network could change the page. Use https://%s.", host)
	}
	port := u.Port()
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return bad("The port is missing after the colon. Write %s://%s, or a number after the colon.", scheme, host)
		}
		return scheme + "://" + host, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return bad("A port must be a number from 1 to 65535. " + example)
	}
	if (scheme == "https" && n == 443) || (scheme == "http" && n == 80) {
		return scheme + "://" + host, nil
	}
	return scheme + "://" + host + ":" + strconv.FormatUint(n, 10), nil
}

// parseHost returns a host in serialized form and whether it is this computer.
func parseHost(host string) (serialized string, local bool, err error) {
	bad := func(format string, args ...any) (string, bool, error) {
		return "", false, invalid("origin", format, args...)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" || !ip.IsLoopback() {
			return bad("IP addresses are only allowed for this computer (127.0.0.1, [::1]). Use a host name.")
		}
		return strings.TrimSuffix(net.JoinHostPort(ip.String(), ""), ":"), true, nil
	}
	if strings.HasSuffix(host, ".") {
		return bad("Remove the dot at the end of the host, which browsers treat as another site. Write %s.", strings.TrimRight(host, "."))
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 || !isHostName(ascii) {
		return bad("%q is not a host name. A host name has letters, digits and hyphens, in parts separated by dots.", host)
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if last[0] >= '0' && last[0] <= '9' { // browsers read such a host as an IPv4 address
		return bad("%q is not a host name: browsers read it as an IP address. Use a host name.", host)
	}
	if err := lookalike(host, ascii); err != nil {
		return "", false, err
	}
	return ascii, ascii == "localhost" || strings.HasSuffix(ascii, ".localhost"), nil
}

func isHostName(ascii string) bool {
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return false
			}
		}
	}
	return true
}

// lookalike returns CodeInvalid for a host that a person could mistake for another one. It must not
// have characters that look like others, mix alphabets (UTS #39 §5.2, "highly restrictive"), or have
// only letters of another alphabet that look Latin (browsers check the same before they show an IDN's
// letters). The owner of such a host can list another name; an attacker must not persuade a tenant's
// admin to add it. ascii is the host as mapped by IDNA.
func lookalike(host, ascii string) error {
	shown, err := idna.Lookup.ToUnicode(ascii)
	if err != nil {
		return invalid("origin", "%q is not a host name.", host)
	}
	// IDNA maps fullwidth letters, invisible characters and other dots to ordinary ones.
	if typed := strings.ToLower(norm.NFC.String(host)); typed != shown && typed != ascii {
		return invalid("origin", "This host has misleading characters. If you mean %s, enter that instead.", shown)
	}
	foreignDomain := shown[strings.LastIndexByte(shown, '.')+1:] != ascii[strings.LastIndexByte(ascii, '.')+1:] // its readers know the alphabet
	for label := range strings.SplitSeq(shown, ".") {
		if r := foreignLetter(label); r != 0 {
			return invalid("origin", "The part %q of the host mixes alphabets that look alike: its %q is %U. Use a host in one alphabet; %s is not.", label, r, r, ascii)
		}
		if !foreignDomain && looksLatin(label) {
			return invalid("origin", "The part %q of the host looks like Latin letters but is in another alphabet, so browsers show %s. Use a host that is what it looks like.", label, ascii)
		}
	}
	return nil
}

// Scripts that are used together (UTS #39 §5.2).
var scriptsUsedTogether = [][]*unicode.RangeTable{
	{unicode.Latin, unicode.Han, unicode.Hiragana, unicode.Katakana},
	{unicode.Latin, unicode.Han, unicode.Bopomofo},
	{unicode.Latin, unicode.Han, unicode.Hangul},
}

// foreignLetter returns the first letter of the label that is not in the script of the first letter.
// It returns 0 for a label in one script or in scripts that are used together.
func foreignLetter(label string) (foreign rune) {
	var first *unicode.RangeTable
	for _, r := range label {
		switch script := scriptOf(r); {
		case script == nil:
		case first == nil:
			first = script
		case script != first && foreign == 0:
			foreign = r
		}
	}
	for _, scripts := range scriptsUsedTogether {
		if foreign != 0 && !strings.ContainsFunc(label, func(r rune) bool { return scriptOf(r) != nil && !unicode.In(r, scripts...) }) {
			return 0
		}
	}
	return foreign
}

// scriptOf returns the script of a letter or mark, or nil for characters that all scripts share.
func scriptOf(r rune) *unicode.RangeTable {
	if r < 0x80 && !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
		return nil
	}
	if unicode.Is(unicode.Latin, r) {
		return unicode.Latin
	}
	for _, script := range unicode.Scripts {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}

// Letters of Cyrillic, Greek and Armenian that look Latin, as browsers list them.
const latinTwins = "асԁеԍһіјӏорԛѕԝхуьъҽпгѵ" + "αικνρυωηοτχ" + "օսորհցզո"

// looksLatin reports whether a label has letters of another alphabet that all look Latin.
func looksLatin(label string) bool {
	foreign := false
	for _, r := range label {
		switch {
		case scriptOf(r) == nil:
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian) && strings.ContainsRune(latinTwins, r):
			foreign = true
		default:
			return false
		}
	}
	return foreign
}
