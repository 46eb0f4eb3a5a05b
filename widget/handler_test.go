package widget_test

import (
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/company-a/aside/widget"
)

const (
	accountOrigin = "https://aside.example"
	frameOrigin   = "https://aside-frame.example"
)

// start makes the handler for one tenant, Shop, that is embedded at https://shop.example.
func start(t *testing.T) http.Handler {
	t.Helper()
	h, err := widget.New(widget.Config{
		AccountOrigin: accountOrigin,
		FrameOrigin:   frameOrigin,
		Tenant: func(_ context.Context, key string) (*widget.Tenant, error) {
			switch key {
			case "t_shop":
				embeds := func(origin string) bool { return origin == "https://shop.example" || origin == "https://blog.example" }
				return &widget.Tenant{Key: key, Name: `Shop </script><b>"`, Accent: "#aa5511", Assertion: "REQUIRED", VouchedAccounts: true, Embeds: embeds, Shown: ignore, Refused: ignore}, nil
			case "t_careless": // as if any text could be stored as an embed origin
				return &widget.Tenant{Key: key, Name: "Careless", Embeds: func(string) bool { return true }, Shown: ignore, Refused: ignore}, nil
			case "t_broken":
				return nil, errors.New("no database")
			}
			return nil, nil
		},
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantHeader(t *testing.T, r *http.Response, name, want string) {
	t.Helper()
	if got := r.Header.Get(name); got != want {
		t.Errorf("%s: %s\nwant %s", name, got, want)
	}
}

func TestNewReportsMissingFields(t *testing.T) {
	if _, err := widget.New(widget.Config{AccountOrigin: accountOrigin}); err == nil || !strings.Contains(err.Error(), "FrameOrigin") {
		t.Errorf("New with half a configuration: %v", err)
	}
}

func TestLoaderMayBeLoadedByAnyPage(t *testing.T) {
	h := start(t)
	r := get(t, h, "/v1/aside.js")
	wantHeader(t, r, "Access-Control-Allow-Origin", "*")
	wantHeader(t, r, "Cache-Control", "public, max-age=300")
	wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
	wantHeader(t, r, "Cross-Origin-Resource-Policy", "cross-origin")
	wantHeader(t, r, "X-Content-Type-Options", "nosniff")
	if r := get(t, h, "/v1/aside.js", "If-None-Match", r.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
		t.Errorf("second request, with the ETag: %s", r.Status)
	}
}

// The loader under its hashed name never changes, so that a page can pin the version that its developer has reviewed.
func TestLoaderCanBePinned(t *testing.T) {
	h := start(t)
	var current struct{ File, Integrity string }
	if err := json.Unmarshal([]byte(body(t, get(t, h, "/v1/aside.json"))), &current); err != nil {
		t.Fatal(err)
	}
	r := get(t, h, "/v1/"+current.File)
	wantHeader(t, r, "Access-Control-Allow-Origin", "*")
	wantHeader(t, r, "Cache-Control", "public, max-age=31536000, immutable")
	script := body(t, r)
	if sum := sha512.Sum384([]byte(script)); current.Integrity != "sha384-"+base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("the content of %s does not match %s", current.File, current.Integrity)
	}
	if script != body(t, get(t, h, "/v1/aside.js")) {
		t.Error("the current loader differs from the file under its hashed name")
	}
	for _, path := range []string{"/v1/aside.000000000000.js", "/v1/README.md", "/v1/"} {
		if r := get(t, h, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

// The service worker has one address, and its scope is the frame's documents only.
func TestServiceWorkerScope(t *testing.T) {
	h := start(t)
	r := get(t, h, "/embed/worker.js")
	wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
	wantHeader(t, r, "Cache-Control", "public, max-age=86400")
	wantHeader(t, r, "Service-Worker-Allowed", "")
	wantHeader(t, r, "Content-Security-Policy", "default-src 'none'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'")
	if script := body(t, r); !strings.Contains(script, `"iframe"`) {
		t.Errorf("it answers for more than frames:\n%s", script)
	}
	if r := get(t, h, "/assets/worker.js"); r.StatusCode != http.StatusNotFound {
		t.Errorf("it has a second address: %s", r.Status)
	}
}

func TestHelpIsNotLost(t *testing.T) {
	// A browser keeps the fragment, which is the code of an error.
	r := get(t, start(t), "/help")
	if r.StatusCode != http.StatusFound {
		t.Error(r.Status)
	}
	wantHeader(t, r, "Location", "https://aside.example/docs/troubleshooting")
}

func TestBundleIsCachedForever(t *testing.T) {
	h := start(t)
	page := body(t, get(t, h, "/embed/t_shop"))
	paths := regexp.MustCompile(`/assets/\w+\.[\w.]+\.(?:js|css)`).FindAllString(page, -1)
	if len(paths) != 3 {
		t.Fatalf("bundle in the page: %q", paths)
	}
	for _, path := range paths {
		plain := get(t, h, path)
		wantHeader(t, plain, "Cache-Control", "public, max-age=31536000, immutable")
		wantHeader(t, plain, "Vary", "Accept-Encoding")
		packed := get(t, h, path, "Accept-Encoding", "br, gzip;q=0.5")
		wantHeader(t, packed, "Content-Encoding", "gzip")
		if unpack(t, packed) != body(t, plain) {
			t.Errorf("%s differs when compressed", path)
		}
		wantHeader(t, get(t, h, path, "Accept-Encoding", "gzip;q=0"), "Content-Encoding", "")
	}
	for _, path := range []string{"/assets/aside.js", "/assets/manifest.json", "/assets/frame.js", "/assets/..%2fhandler.go"} {
		if r := get(t, h, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

// The compressed sizes that we promise, in every language. A browser needs the loader, the page with one locale, the script
// and the style sheet until the list and the editor work. It loads the service worker and the extras later, and end-to-end encryption,
// which is beside the extras, for a person who has turned it on.
func TestWeight(t *testing.T) {
	h := start(t)
	weigh := func(path string) int {
		t.Helper()
		packed := get(t, h, path, "Accept-Encoding", "gzip")
		wantHeader(t, packed, "Content-Encoding", "gzip")
		bytes := len(body(t, packed))
		t.Logf("%6d %s", bytes, path)
		return bytes
	}
	loader := weigh("/v1/aside.js")
	for _, tag := range allLocales {
		document := "/embed/t_shop?locale=" + tag
		page := body(t, get(t, h, document))
		first, requests := loader+weigh(document), 2
		for _, path := range regexp.MustCompile(`(?:src|href)="(/assets/[\w.]+)"`).FindAllStringSubmatch(page, -1) {
			first += weigh(path[1])
			requests++
		}
		later := weigh("/embed/worker.js")
		extras := config(t, page).Extras
		parts := []string{extras, strings.Replace(extras, "extras", "encryption", 1)}
		for i := 0; i < len(parts); i++ {
			later += weigh(parts[i])
			for _, file := range regexp.MustCompile(`"\./([\w.-]+\.js)"`).FindAllStringSubmatch(body(t, get(t, h, parts[i])), -1) {
				if path := "/assets/" + file[1]; !slices.Contains(parts, path) && !strings.Contains(page, path) {
					parts = append(parts, path)
				}
			}
		}
		for _, w := range []struct {
			what        string
			bytes, most int
		}{
			{"the loader", loader, 1800},
			{"loader and frame", first, 18_000},
			{"everything", first + later, 30_000},
		} {
			t.Logf("%6d of %d: %s (%s)", w.bytes, w.most, w.what, tag)
			if w.bytes > w.most {
				t.Errorf("%s (%s): %d bytes, more than %d", w.what, tag, w.bytes, w.most)
			}
		}
		if requests > 4 {
			t.Errorf("%d requests until the notes are there, more than 4", requests)
		}
	}
}

func unpack(t *testing.T, r *http.Response) string {
	t.Helper()
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func ignore(string) {}
