package widget_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/company-a/aside/widget"
)

func TestAssetsGoByTheNamesOfTheirSources(t *testing.T) {
	a, err := widget.NewAssets(fstest.MapFS{
		"manifest.json":         {Data: []byte(`{"popup.js": {"file": "popup.0123456789ab.js", "integrity": "sha384-abc"}}`)},
		"popup.0123456789ab.js": {Data: []byte("alert(1)")},
		"left-over.js":          {Data: []byte("not in the manifest")},
	}, "/assets/")
	if err != nil {
		t.Fatal(err)
	}
	if url := a.URL("popup.js"); url != "/assets/popup.0123456789ab.js" {
		t.Errorf("URL %s", url)
	}
	if sri := a.Integrity("popup.js"); sri != "sha384-abc" {
		t.Errorf("integrity %s", sri)
	}
	r := get(t, a, a.URL("popup.js"))
	wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
	wantHeader(t, r, "Access-Control-Allow-Origin", "*")
	wantHeader(t, r, "Cross-Origin-Resource-Policy", "cross-origin")
	wantHeader(t, r, "X-Content-Type-Options", "nosniff")
	if got := body(t, r); got != "alert(1)" {
		t.Errorf("body %q", got)
	}
	for _, path := range []string{"/assets/left-over.js", "/assets/popup.js", "/assets/", "/popup.0123456789ab.js"} {
		if r := get(t, a, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

func TestAssetsRefuseABrokenBundle(t *testing.T) {
	for name, dist := range map[string]fstest.MapFS{
		"manifest.json": {},
		"invalid":       {"manifest.json": {Data: []byte("{")}},
		"popup.js":      {"manifest.json": {Data: []byte(`{"popup.js": {"file": "popup.0123456789ab.js"}}`)}},
	} {
		if _, err := widget.NewAssets(dist, "/assets/"); err == nil || !strings.Contains(err.Error(), "assets: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAssetsPanicForUnknownNames(t *testing.T) {
	a, err := widget.NewAssets(fstest.MapFS{"manifest.json": {Data: []byte("{}")}}, "/assets/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a page may name a script that does not exist")
		}
	}()
	a.URL("popup.js")
}
