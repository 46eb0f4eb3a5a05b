package auth_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// An unexpected error is shown as an id. The log has one line with that id, and the line has the
// place where it happened.
func TestAnUnexpectedErrorIsLoggedWithItsPlace(t *testing.T) {
	var log bytes.Buffer
	site := authtest.Start(t, authtest.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	code := alice.Code(t)
	opened := alice.Interaction(t)
	site.Exec(t, `ALTER TABLE spent_proofs RENAME TO spent_proofs_elsewhere`)
	site.Exec(t, `ALTER TABLE consents RENAME TO consents_elsewhere`)
	site.Exec(t, `ALTER TABLE ceremonies RENAME TO ceremonies_elsewhere`)
	for place, send := range map[string]func() *authtest.Answer{
		"auth.pushRequest: auth.spendProof": func() *authtest.Answer { return alice.Push(t, authtest.WithKey(alice.Key)) },
		"auth.redeemCode: auth.spendProof":  func() *authtest.Answer { return alice.Redeem(t, code) },
		"auth.decideRequest":                func() *authtest.Answer { return alice.Decide(t, opened.ID, "continue") },
		"auth.login: auth.finishCeremony":   func() *authtest.Answer { return alice.Finish(t, "login", "a guess", nil) },
	} {
		t.Run(place, func(t *testing.T) {
			log.Reset()
			answer := send().Must(t, http.StatusInternalServerError)
			id := regexp.MustCompile(`Something went wrong on our end \(id (\w{16})\)`).FindStringSubmatch(answer.Body)
			if id == nil {
				t.Fatalf("there is no id in %s", answer.Body)
			}
			for _, text := range []string{answer.Body, log.String()} {
				if strings.Contains(text, "elsewhere") || strings.Contains(text, "does not exist") {
					t.Errorf("PostgreSQL's message is in %s", text)
				}
			}
			var line struct{ Level, Request, Place, SQLState string }
			if err := json.Unmarshal(log.Bytes(), &line); err != nil { // one line, and no more
				t.Fatalf("%v: %s", err, log.String())
			}
			if line.Level != "ERROR" || line.Request != id[1] || !strings.HasPrefix(line.Place, place) || line.SQLState != "42P01" {
				t.Errorf("the log has %+v", line)
			}
		})
	}
}
