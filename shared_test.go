package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db/dbtest"
)

// However often the probe is asked for, the database answers it ten times a second at most.
func TestTheProbeAsksTheDatabaseSeldom(t *testing.T) {
	d := dbtest.New(t)
	const account, frame = "http://aside.localhost", "http://aside-frame.localhost"
	server, err := auth.New(auth.Config{DB: d.DB, Keys: d.Keys, AccountOrigin: account, FrameOrigin: frame})
	if err != nil {
		t.Fatal(err)
	}
	h, err := routes(account, frame, true, d.DB, server, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	began, before := time.Now(), d.DB.Stat().AcquireCount()
	const probes = 5_000
	for range probes {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != http.StatusOK {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
	}
	asked, spans := d.DB.Stat().AcquireCount()-before, int64(time.Since(began)/(100*time.Millisecond))
	if asked > 20+2*spans && asked >= probes/2 {
		t.Errorf("asked %d times for %d probes in %s", asked, probes, time.Since(began))
	}
}
