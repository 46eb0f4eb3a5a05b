package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// The samples of docs/samples, each run like a tenant's developer would.
var assertionSamples = []struct {
	algorithm string
	command   []string
}{
	{"HS256", []string{"node", "node/hs256.mjs"}},
	{"HS256", []string{"php", "php/hs256.php"}},
	{"HS256", []string{"python3", "python/hs256.py"}},
	{"HS256", []string{"ruby", "ruby/hs256.rb"}},
	{"HS256", []string{"go", "run", "./go/hs256"}},
	{"ES256", []string{"node", "node/es256.mjs"}},
	{"RS256", []string{"php", "php/rs256.php"}},
	{"ES256", []string{"python3", "python/es256.py"}},
	{"ES256", []string{"ruby", "ruby/es256.rb"}},
	{"ES256", []string{"go", "run", "./go/es256"}},
}

func TestSamplesMintAssertionsThatAreAcceptedOnce(t *testing.T) {
	t.Parallel()
	a := start(t)
	tenant, _ := a.tenant(t, "The Paper", "paper.localhost")
	env := a.assertionKeys(t, tenant)
	for _, sample := range assertionSamples {
		name := sample.command[len(sample.command)-1]
		t.Run(name, func(t *testing.T) {
			widget := authtest.NewKey()
			mint := func() string {
				return runSample(t, env[sample.algorithm], append(sample.command, "customer-17", "zoe@paper.example", "Zoë O'Hara", widget.Thumbprint())...)
			}
			assertion := mint()
			if strings.Count(assertion, ".") != 2 {
				t.Fatalf("not a JWT: %q", assertion)
			}
			a.exchange(t, tenant, assertion, widget).Must(t, http.StatusOK)
			a.exchange(t, tenant, assertion, widget).Refused(t, http.StatusBadRequest, "assertion_rejected")

			// A sample's assertion is bound to the widget that asked.
			another := mint()
			a.exchange(t, tenant, another, authtest.NewKey()).Refused(t, http.StatusBadRequest, "assertion_rejected")
			first := a.exchange(t, tenant, another, widget).Must(t, http.StatusOK)

			// All samples mean the same person.
			if sample.algorithm == "HS256" {
				bare := runSample(t, env["HS256"], append(sample.command, "customer-17")...)
				if got := a.exchange(t, tenant, bare, widget).Must(t, http.StatusOK).Text("subject_hash"); got == "" || got != first.Text("subject_hash") {
					t.Errorf("without an e-mail address and a name customer-17 is somebody else: %q", got)
				}
			}
		})
	}
}

func TestASampleEncryptsWhatAnotherSigned(t *testing.T) {
	t.Parallel()
	a := start(t)
	tenant, _ := a.tenant(t, "The Paper", "paper.localhost")
	assertion := runSample(t, a.assertionKeys(t, tenant)["ES256"], "node", "node/es256.mjs", "customer-17")
	keySet := filepath.Join(t.TempDir(), "keys.json")
	published := a.apiSite(t).Send(t, &authtest.Call{Method: http.MethodGet, URL: a.account + "/.well-known/jwks.json"}).Must(t, http.StatusOK)
	must(t, os.WriteFile(keySet, []byte(published.Body), 0o600))
	command := sampleCommand(t, nil, "go", "run", "./go/encrypt", keySet)
	command.Stdin = strings.NewReader(assertion + "\n")
	out, err := command.Output()
	must(t, err)
	encrypted := strings.TrimSpace(string(out))
	if strings.Count(encrypted, ".") != 4 {
		t.Fatalf("not a JWE: %q", encrypted)
	}
	widget := authtest.NewKey()
	a.exchange(t, tenant, encrypted, widget).Must(t, http.StatusOK)
	a.exchange(t, tenant, assertion, widget).Refused(t, http.StatusBadRequest, "assertion_rejected") // it has the same jti
}

func TestSamplesFetchTickets(t *testing.T) {
	t.Parallel()
	a := start(t)
	d := a.database(t)
	_, key, err := d.CreateServerKey(t.Context(), db.Operator("t_demo"), "the shop's backend")
	must(t, err)
	env := []string{"ASIDE_ORIGIN=" + a.account, "ASIDE_SERVER_KEY=" + key}
	widget := authtest.NewKey()

	var answer struct {
		Data struct{ IssueTicket struct{ Ticket string } }
	}
	must(t, json.Unmarshal([]byte(runSample(t, env, "curl/ticket.sh")), &answer))
	// Node does not resolve the names of *.localhost, as browsers and curl do.
	localhost := "data:text/javascript," + url.PathEscape(`import dns from "node:dns"; const { lookup } = dns;
		dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest);`)
	byNode := runSample(t, env, "node", "--import", localhost, "node/ticket.mjs", "customer-17", "joe@shop.example", "Joe Miller")

	hashes := map[string]bool{}
	for sample, ticket := range map[string]string{"curl": answer.Data.IssueTicket.Ticket, "Node": byNode} {
		if !strings.HasPrefix(ticket, "tk_") {
			t.Fatalf("the ticket by %s is %q", sample, ticket)
		}
		hashes[a.exchange(t, "t_demo", ticket, widget).Must(t, http.StatusOK).Text("subject_hash")] = true
		a.exchange(t, "t_demo", ticket, widget).Refused(t, http.StatusBadRequest, "assertion_rejected")
	}
	if len(hashes) != 1 {
		t.Errorf("customer-17 is %d people: %v", len(hashes), hashes)
	}
}

var refusalCode = regexp.MustCompile(`"(assertion_[a-z_]+|ticket_gone)"`)

func TestTheDocumentationExplainsEachRefusalAndNamesEachSample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/assertions.md")
	must(t, err)
	webhooks, err := os.ReadFile("../docs/webhooks.md")
	must(t, err)
	text = append(text, webhooks...)
	sources, err := filepath.Glob("../auth/*.go")
	must(t, err)
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		code, err := os.ReadFile(source)
		must(t, err)
		for _, match := range refusalCode.FindAllSubmatch(code, -1) {
			if !bytes.Contains(text, []byte(`<a name="`+string(match[1])+`"></a>`)) {
				t.Errorf("%s refuses with %s, which is not explained", source, match[1])
			}
		}
	}
	for _, link := range regexp.MustCompile(`\]\((samples/[^)]+)\)`).FindAllSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("../docs", string(link[1]))); err != nil {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
	must(t, filepath.Walk("../docs/samples", func(path string, f os.FileInfo, err error) error {
		if name := filepath.ToSlash(strings.TrimPrefix(path, "../docs/")); err == nil && !f.IsDir() && !bytes.Contains(text, []byte("]("+name+")")) {
			t.Errorf("%s is not mentioned", name)
		}
		return err
	}))
}

// assertionKeys adds a key for each algorithm to a tenant, and returns the environment for the samples of each.
func (a *aside) assertionKeys(t *testing.T, tenant string) map[string][]string {
	t.Helper()
	d := a.database(t)
	common := []string{"ASIDE_TENANT=" + tenant, "ASIDE_ORIGIN=" + a.account}
	key, secret, err := assertion.NewKey(tenant, db.SharedSecret, "", "", "", false)
	must(t, err)
	must(t, d.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
	env := map[string][]string{"HS256": append(common, "ASIDE_SECRET="+secret)}

	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	factored, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	for algorithm, private := range map[string]any{"ES256": elliptical, "RS256": factored} {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		must(t, err)
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		command := sampleCommand(t, nil, "node", "node/jwk.mjs", algorithm, "2026-"+algorithm)
		command.Stdin = strings.NewReader(text)
		jwk, err := command.Output()
		must(t, err)
		key, _, err := assertion.NewKey(tenant, db.PublicJWK, "", string(jwk), "", false)
		must(t, err)
		must(t, d.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
		env[algorithm] = append(common[:2:2], "ASIDE_KEY_ID=2026-"+algorithm, "ASIDE_PRIVATE_KEY="+text)
	}
	return env
}

// runSample runs a sample and returns its output.
func runSample(t *testing.T, env []string, command ...string) string {
	t.Helper()
	out, err := sampleCommand(t, env, command...).Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		t.Fatalf("%v: %v\n%s", command, err, failed.Stderr)
	}
	must(t, err)
	return strings.TrimSpace(string(out))
}

func sampleCommand(t *testing.T, env []string, command ...string) *exec.Cmd {
	t.Helper()
	if command[0] == "python3" {
		command = append([]string{python(t)}, command[1:]...)
	}
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Dir = "../docs/samples"
	// Connections to this computer don't use a proxy.
	c.Env = append(append(os.Environ(), "no_proxy=localhost,127.0.0.1", "NO_PROXY=localhost,127.0.0.1"), env...)
	return c
}

// python finds a Python with its standard library, such as Debian's, which may not be first on PATH.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-c", "import jwt, cryptography").Run() == nil {
			return name
		}
	}
	t.Fatal("no python3 has PyJWT and cryptography; tools/setup installs them")
	return ""
}

// apiSite returns the service's site for requests over HTTP.
func (a *aside) apiSite(t *testing.T) *authtest.Site {
	t.Helper()
	address := a.address
	if address == "" {
		u, err := url.Parse(a.account)
		must(t, err)
		address = net.JoinHostPort("127.0.0.1", u.Port())
	}
	return authtest.At(t, a.account, a.frame, address)
}

// exchange exchanges an assertion or a ticket for an identity handle (RFC 8693), like a widget with that key.
func (a *aside) exchange(t *testing.T, tenant, assertion string, key *authtest.Key) *authtest.Answer {
	t.Helper()
	kind := "urn:ietf:params:oauth:token-type:jwt"
	if strings.HasPrefix(assertion, "tk_") {
		kind = "urn:company-a:params:oauth:token-type:ticket"
	}
	return a.apiSite(t).Send(t, &authtest.Call{Method: http.MethodPost, URL: a.frame + "/oauth/token", Key: key, Form: url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {tenant},
		"subject_token": {assertion}, "subject_token_type": {kind},
	}})
}
