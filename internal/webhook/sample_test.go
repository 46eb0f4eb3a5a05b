package webhook_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/internal/webhook"
)

// Each sample of the documentation accepts what the sender signs, and nothing else.
func TestSamplesVerifyDeliveries(t *testing.T) {
	goSample := filepath.Join(t.TempDir(), "webhook")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", goSample, "../../docs/samples/go/webhook").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, command := range map[string][]string{"Node": {"node", "../../docs/samples/node/webhook.mjs"}, "Go": {goSample}} {
		t.Run(name, func(t *testing.T) {
			b := &backend{Database: dbtest.New(t), t: t}
			b.tenant = b.Tenant(t, "Shop")
			// The sample needs the secret when it starts, so the webhook gets the sample's address afterwards.
			b.add("https://shop.example/hooks")
			lines, address := startSample(t, b.secret, command)
			b.Exec(t, `UPDATE webhooks SET url = $1, sealed_url = NULL`, address)
			sent := make(chan *http.Request, 1)
			b.happen()
			s := webhook.NewWithTransport(b.DB, func(r *http.Request) (*http.Response, error) {
				sent <- r.Clone(context.Background())
				return http.DefaultTransport.RoundTrip(r)
			})
			if n := s.Once(t.Context()); n != 1 {
				t.Fatalf("%d attempts", n)
			}
			request := <-sent
			id := request.Header.Get("webhook-id")
			if v := b.log(ended); v.Attempts != 1 || *v.Status != http.StatusNoContent || v.ID.String() != id {
				t.Errorf("the log has %+v", v)
			}
			if !lines.Scan() || strings.TrimSpace(lines.Text()) != id+" tenant.suspended" {
				t.Errorf("the sample prints %q", lines.Text())
			}
			body, err := request.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			payload, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			send := func(change func(http.Header), payload string) int {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(payload))
				if err != nil {
					t.Fatal(err)
				}
				r.Header = request.Header.Clone()
				change(r.Header)
				response, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				return response.StatusCode
			}
			signature := request.Header.Get("webhook-signature")
			for what, c := range map[string]struct {
				change func(http.Header)
				body   string
				want   int
			}{
				"the same again":        {func(http.Header) {}, string(payload), http.StatusNoContent},
				"after another one":     {func(h http.Header) { h.Set("webhook-signature", "v1,AAAA v2,x "+signature) }, string(payload), http.StatusNoContent},
				"another body":          {func(http.Header) {}, string(payload) + " ", http.StatusBadRequest},
				"another id":            {func(h http.Header) { h.Set("webhook-id", "x") }, string(payload), http.StatusBadRequest},
				"another time":          {func(h http.Header) { h.Set("webhook-timestamp", "1700000000") }, string(payload), http.StatusBadRequest},
				"no time":               {func(h http.Header) { h.Del("webhook-timestamp") }, string(payload), http.StatusBadRequest},
				"no signature":          {func(h http.Header) { h.Del("webhook-signature") }, string(payload), http.StatusBadRequest},
				"an empty signature":    {func(h http.Header) { h.Set("webhook-signature", "v1,") }, string(payload), http.StatusBadRequest},
				"of an unknown version": {func(h http.Header) { h.Set("webhook-signature", "v9"+strings.TrimPrefix(signature, "v1")) }, string(payload), http.StatusBadRequest},
				"a part of it":          {func(h http.Header) { h.Set("webhook-signature", signature[:20]) }, string(payload), http.StatusBadRequest},
			} {
				if got := send(c.change, c.body); got != c.want {
					t.Errorf("%s: status %d", what, got)
				}
			}
		})
	}
}

// startSample starts a sample and returns the lines that it prints after the first one, and its address.
func startSample(t *testing.T, secret string, command []string) (lines *bufio.Scanner, address string) {
	t.Helper()
	sample := exec.CommandContext(t.Context(), command[0], command[1:]...)
	sample.Env = append(os.Environ(), "PORT=0", "ASIDE_WEBHOOK_SECRET="+secret)
	out, err := sample.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sample.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sample.Wait() }) // the test's context ends it before
	lines = bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the sample prints nothing")
	}
	return lines, "http://127.0.0.1:" + strings.TrimPrefix(lines.Text(), "listening on ") + "/hooks"
}
