package auth_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// jwk returns a public key of P-256 (RFC 7515 Appendix A.3.1) with more members.
func jwk(members ...string) string {
	all := append([]string{`"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"`}, members...)
	return "{" + strings.Join(all, ",") + "}"
}

// The popup gets the widget's key only for an account that has a key to give.
func TestThePopupHasTheWidgetsPublicKey(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	k := keyIn(t, alice.Register(t))
	// What WebCrypto exports has more members.
	pushed := param("content_key_jwk", jwk(`"ext":true,"key_ops":[]`))
	decide := func(decision string, edits ...func(*authtest.Call)) string {
		t.Helper()
		return alice.Decide(t, alice.Interaction(t, edits...).ID, decision).Must(t, 200).Body
	}
	if body := decide("allow", pushed); strings.Contains(body, "content_key") {
		t.Errorf("for a SERVER account: %s", body)
	}
	turnOn(t, alice, k, "ABCDE")
	if body := decide("continue"); strings.Contains(body, "content_key") {
		t.Errorf("without a key of the widget: %s", body)
	}
	want := `"content_key":{"handle":"` + k.Handle + `","jwk":` + jwk() + `,"tenant":"` + alice.Tenant.Key + `"}`
	for _, mode := range []string{"query", "web_message"} {
		if body := decide("continue", pushed, param("response_mode", mode)); !strings.Contains(body, want) {
			t.Errorf("%s: %s", mode, body)
		}
	}
	if body := decide("deny", pushed); strings.Contains(body, "content_key") {
		t.Errorf("a refusal: %s", body)
	}
}

// A widget keeps the private half of its key. What it sends is refused if it has a private member of any type of key, is not in
// the one form of base64url, or would be stored with more than the public key.
func TestThePublicKeyOfAWidgetIsChecked(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		alice.Push(t, param("content_key_jwk", jwk(`"`+member+`":"AA"`))).Refused(t, 400, "invalid_request")
	}
	for name, changed := range map[string]string{
		"with padding":   strings.Replace(jwk(), `RVEU"`, `RVEU="`, 1),
		"other last bit": strings.Replace(jwk(), `RVEU"`, `RVEV"`, 1),
		"a number":       strings.Replace(jwk(), `"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"`, `1`, 1),
		"an array":       "[" + jwk() + "]",
		"no type":        strings.Replace(jwk(), `"kty":"EC",`, "", 1),
		"the type twice": jwk(`"kty":"EC"`),
		"no curve":       strings.Replace(jwk(), `"crv":"P-256",`, "", 1),
	} {
		if a := alice.Push(t, param("content_key_jwk", changed)); a.Status != 400 || a.Text("error") != "invalid_request" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
}

// The popup learns that this browser keeps a key, unless somebody is signed in who may need it.
func TestAStaleKeyInTheBrowser(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	check := func(when string, kept, want bool) {
		t.Helper()
		var edits []func(*authtest.Call)
		if kept {
			edits = append(edits, func(c *authtest.Call) { c.Header.Add("Cookie", "__Host-aside_key=1") })
		}
		var i struct{ StaleKey bool }
		if alice.Open(t, alice.RequestURI(t), edits...).Must(t, 200).JSON(t, &i); i.StaleKey != want {
			t.Errorf("%s, with a key: %t, it is stale: %t", when, kept, i.StaleKey)
		}
	}
	check("nobody is signed in", false, false)
	check("nobody is signed in", true, true)
	k := keyIn(t, alice.Register(t))
	check("for a SERVER account", false, false)
	check("for a SERVER account", true, true)
	turnOn(t, alice, k, "ABCDE")
	check("for an encrypted account", true, false)
	delete(alice.Cookies, "__Host-aside")
	check("after the session", true, true)
}

// Ceremonies ask the passkey for the same secret (known-answer test: widget/testdata/encryption_vectors.json). A confirmation
// does so only if a content key needs it, and a sign-in not in Firefox, which would send what no server may accept.
func TestCeremoniesAskForPRF(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	code := recoveryCodes(t, alice)[0]
	firefox := authtest.WithHeader("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	for _, c := range []struct {
		kind  string
		body  any
		edits []func(*authtest.Call)
		asks  bool
	}{
		{kind: "registration", asks: true},
		{kind: "registration", edits: []func(*authtest.Call){firefox}, asks: true},
		{kind: "login", asks: true},
		{kind: "login", edits: []func(*authtest.Call){firefox}},
		{kind: "confirmation"},
		{kind: "confirmation", body: map[string]any{}},
		{kind: "confirmation", body: map[string]any{"key": true}, asks: true},
		{kind: "confirmation", body: map[string]any{"key": true}, edits: []func(*authtest.Call){firefox}, asks: true},
		{kind: "addition", asks: true},
		{kind: "recovery", body: codeBody(code), asks: true},
	} {
		a := alice.TryBegin(t, c.kind, c.body, c.edits...).Must(t, 200)
		if asks := strings.Contains(a.Body, `"extensions":{"prf":{"eval":{"first":"_mzs7OR9CVm_9L7pRhyqgUTBCsierkdyYw7br2w6yfQ"}}}`); asks != c.asks {
			t.Errorf("%s with %v: %s", c.kind, c.body, a.Body)
		}
	}
}

// The page must not send what a passkey gives it, and the service does not take it.
func TestResultsOfPRFAreRefused(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	outputs := func(name, member string) func(map[string]any) {
		return func(m map[string]any) {
			m["clientExtensionResults"] = map[string]any{name: map[string]any{member: map[string]any{"first": strings.Repeat("A", 43)}}}
		}
	}
	for _, names := range [][2]string{{"prf", "results"}, {"PRF", "Results"}} {
		change := outputs(names[0], names[1])
		alice.Register(t, func(r *authtest.Registration) { r.JSON = change }).Refused(t, 400, "prf_results")
	}
	alice.Register(t, func(r *authtest.Registration) {
		r.JSON = func(m map[string]any) {
			m["clientExtensionResults"] = map[string]any{"prf": map[string]any{"enabled": true}}
		}
	}).Must(t, 200)
	results := outputs("prf", "results")
	alice.Login(t, func(l *authtest.Login) { l.JSON = results }).Refused(t, 400, "prf_results")
	alice.Confirm(t, func(l *authtest.Login) { l.JSON = results }).Refused(t, 400, "prf_results")
	alice.Add(t, func(r *authtest.Registration) { r.JSON = results }).Refused(t, 400, "prf_results")
	keys := &alice.Authenticator.Passkeys
	*keys = (*keys)[:len(*keys)-1] // the one that was refused
	alice.Login(t).Must(t, 200)
}

const (
	aWrap     = "45y7dAIkJNDs0WXkQ9xgOCiTBnRhluTR-eQfuBliRMbdj3exF2J9h9_NMf6LIxwxN_brd00Z_eV5Rm7e"
	otherWrap = "DGnoWyncCO4k8-EtTyk_5X2GpmsRAz7r6UXkh1XV3o3hzEFLg-5QNcLv702trOmXfmrptzds29W65JDA"
	verifier  = "feQ6sDPv2de91wbuqH76VrG5e6aDgiEalItqLsiAYl8"
)

// withWrap adds a wrap to the answer of a ceremony.
func withWrap(generation int, wrap string) func(*authtest.Call) {
	return func(c *authtest.Call) {
		c.JSON.(map[string]any)["wrap"] = map[string]any{"generation": generation, "wrap": wrap}
	}
}

// key is what the response of a ceremony says of the content key.
type key struct {
	Sealing    string
	Generation int
	Handle     string
	Passkey    string
	Wrap       *string
}

func keyIn(t *testing.T, a *authtest.Answer) key {
	t.Helper()
	var body struct{ Key key }
	a.Must(t, 200).JSON(t, &body)
	return body.Key
}

// turnOn gives the visitor's account a content key, and ten recovery codes that begin with prefix.
func turnOn(t *testing.T, v *authtest.Visitor, k key, prefix string) {
	t.Helper()
	session, err := v.Site.Auth.AccountSession(requestOf(t, v))
	if err != nil || session == nil {
		t.Fatalf("nobody is signed in: %v", err)
	}
	_, err = v.Site.DB.SetSealing(t.Context(), session, db.SealingChange{
		To: db.SealingEndToEnd, Generation: 1, Wraps: []db.PasskeyWrap{{Passkey: uuid.MustParse(k.Passkey), Wrap: aWrap}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var codes []db.NewRecoveryCode
	for _, last := range "0123456789" {
		codes = append(codes, db.NewRecoveryCode{Locator: prefix + string(last), Verifier: verifier, Wrap: otherWrap})
	}
	if err := v.Site.DB.ReplaceRecoveryCodes(t.Context(), session, codes); err != nil {
		t.Fatal(err)
	}
}

func TestCeremoniesCarryTheContentKey(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	first := keyIn(t, alice.Register(t))
	handle := authtest.Encode(alice.Authenticator.Passkeys[0].Handle)
	if first.Sealing != "SERVER" || first.Generation != 0 || first.Handle != handle || first.Passkey == "" || first.Wrap != nil {
		t.Errorf("a new account has %+v", first)
	}
	if k := keyIn(t, alice.Confirm(t)); k != first {
		t.Errorf("a confirmation says %+v, not %+v", k, first)
	}
	o := alice.Begin(t, "confirmation")
	alice.Finish(t, "confirmation", o.Ceremony, alice.Authenticator.Login(t, o.Options), withWrap(1, aWrap)).Refused(t, 400, "invalid_request")
	turnOn(t, alice, first, "ABCDE")
	if k := keyIn(t, alice.Login(t)); k.Sealing != "CONVERTING" || k.Generation != 1 || k.Passkey != first.Passkey || k.Wrap == nil || *k.Wrap != aWrap || k.Handle != handle {
		t.Errorf("a sign-in says %+v", k)
	}

	// A second passkey: the page knows its id before it exists.
	var begun struct {
		authtest.CeremonyOptions
		Passkey string
	}
	alice.TryBegin(t, "addition", nil).Must(t, 200).JSON(t, &begun)
	added := alice.Finish(t, "addition", begun.Ceremony, alice.Authenticator.Register(t, begun.Options), withWrap(1, otherWrap))
	if k := keyIn(t, added); k.Passkey != begun.Passkey || k.Wrap == nil || *k.Wrap != otherWrap || added.Text("id") != begun.Passkey {
		t.Errorf("the second passkey, of which the page knew %s, says %+v", begun.Passkey, k)
	}
	// One without a result at create gets its wrap at the next confirmation.
	third := keyIn(t, alice.Add(t))
	if third.Wrap != nil {
		t.Errorf("the third has the wrap %s", *third.Wrap)
	}
	o = alice.Begin(t, "confirmation")
	alice.Finish(t, "confirmation", o.Ceremony, alice.Authenticator.Login(t, o.Options), withWrap(2, aWrap)).Refused(t, 400, "invalid_request")
	o = alice.Begin(t, "confirmation")
	if k := keyIn(t, alice.Finish(t, "confirmation", o.Ceremony, alice.Authenticator.Login(t, o.Options), withWrap(1, aWrap))); k.Passkey != third.Passkey || k.Wrap == nil || *k.Wrap != aWrap {
		t.Errorf("after its wrap is stored, the third says %+v", k)
	}
	alice.Post(t, "/account/export", nil).Refused(t, 409, "export_in_browser")

	// On a new device, with a code.
	phone := site.Visitor(t, shop)
	code := map[string]string{"locator": "ABCDE0", "verifier": verifier}
	if k := keyIn(t, phone.TryBegin(t, "recovery/account", code)); k.Sealing != "CONVERTING" || k.Generation != 1 || k.Handle != handle || k.Wrap == nil || *k.Wrap != otherWrap {
		t.Errorf("the code gives %+v", k)
	}
	answer := phone.TryBegin(t, "recovery", code)
	if k := keyIn(t, answer); k.Wrap == nil || *k.Wrap != otherWrap {
		t.Errorf("the beginning of a recovery gives %+v", k)
	}
	answer.JSON(t, &begun)
	recovered := phone.Finish(t, "recovery", begun.Ceremony, phone.Authenticator.Register(t, begun.Options), withWrap(1, aWrap))
	if k := keyIn(t, recovered); k.Passkey != begun.Passkey || k.Wrap == nil || *k.Wrap != aWrap {
		t.Errorf("the recovery says %+v", k)
	}
	phone.TryBegin(t, "recovery/account", code).Refused(t, 400, "recovery_refused")
	phone.TryBegin(t, "recovery/account", map[string]string{"locator": "ABCDE1", "verifier": verifier[1:] + "A"}).Refused(t, 400, "recovery_refused")
	phone.TryBegin(t, "recovery/account", map[string]string{"locator": "ABCDE1", "verifier": verifier, "code": "x"}).Refused(t, 400, "invalid_request")
}

// A code of an earlier release goes on working, by itself.
func TestOlderCodesAreAskedFor(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	code := recoveryCodes(t, alice)[0]
	phone := site.Visitor(t, alice.Tenant)
	locator := strings.ReplaceAll(code, "-", "")[:6]
	phone.TryBegin(t, "recovery", map[string]string{"locator": locator, "verifier": verifier}).Refused(t, 400, "recovery_code_old")
	var o authtest.CeremonyOptions
	answer := phone.TryBegin(t, "recovery", codeBody(code)).Must(t, 200)
	answer.JSON(t, &o)
	if k := keyIn(t, answer); k.Wrap != nil || k.Sealing != "SERVER" {
		t.Errorf("it gives %+v", k)
	}
	phone.Finish(t, "recovery", o.Ceremony, phone.Authenticator.Register(t, o.Options)).Must(t, 200)
}
