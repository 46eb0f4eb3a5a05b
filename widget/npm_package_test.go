package widget_test

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A releaseIndex is /v1/aside.json, which names the latest files.
type releaseIndex struct {
	File, Integrity string
	Package         struct{ File, Integrity string }
}

func readReleaseIndex(t *testing.T, h http.Handler) (today releaseIndex) {
	t.Helper()
	if err := json.Unmarshal([]byte(body(t, get(t, h, "/v1/aside.json"))), &today); err != nil {
		t.Fatal(err)
	}
	return today
}

func TestPackageIsServedAsTarball(t *testing.T) {
	h := start(t)
	r := get(t, h, "/v1/aside-widget.tgz", "Accept-Encoding", "gzip")
	wantHeader(t, r, "Content-Type", "application/gzip")
	wantHeader(t, r, "Content-Encoding", "") // npm stores what it gets
	wantHeader(t, r, "Cache-Control", "public, max-age=300")
	wantHeader(t, r, "Access-Control-Allow-Origin", "*")
	if again := get(t, h, "/v1/aside-widget.tgz", "If-None-Match", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", again.Status)
	}
	tarball := body(t, r)
	if tarball != body(t, get(t, start(t), "/v1/aside-widget.tgz")) {
		t.Error("another node serves other bytes")
	}

	// Under its hash it never changes.
	today := readReleaseIndex(t, h).Package
	r = get(t, h, "/v1/"+today.File)
	wantHeader(t, r, "Content-Type", "application/gzip")
	wantHeader(t, r, "Cache-Control", "public, max-age=31536000, immutable")
	if sum := sha512.Sum512([]byte(tarball)); today.Integrity != "sha512-"+base64.StdEncoding.EncodeToString(sum[:]) || body(t, r) != tarball {
		t.Errorf("%s is not what /v1/aside-widget.tgz is", today.File)
	}
	if r := get(t, h, "/v1/aside-widget.000000000000.tgz"); r.StatusCode != http.StatusNotFound {
		t.Errorf("a package that never was: %s", r.Status)
	}
}

// It contains what npm would pack, and nothing else.
func TestPackageIsComplete(t *testing.T) {
	files := unpackTarball(t, strings.NewReader(body(t, get(t, start(t), "/v1/aside-widget.tgz"))))
	want := []string{"package/LICENSE", "package/README.md", "package/package.json"}
	built, err := filepath.Glob("npm/dist/*")
	if err != nil || len(built) < 6 {
		t.Fatal(built, err)
	}
	for _, file := range built {
		want = append(want, "package/dist/"+path.Base(file))
	}
	slices.Sort(want)
	var got []string
	for name, content := range files {
		got = append(got, name)
		if source, err := os.ReadFile("npm/" + strings.TrimPrefix(name, "package/")); err != nil || string(source) != content {
			t.Errorf("%s is not the file of that name: %v", name, err)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("in the package: %q\nwant %q", got, want)
	}
	if license, err := os.ReadFile("../LICENSE"); err != nil || string(license) != files["package/LICENSE"] {
		t.Errorf("the license is not ours: %v", err)
	}
	// Everything that the package exports is there.
	var manifest struct{ Exports map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(files["package/package.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	for name, export := range manifest.Exports {
		var targets map[string]string
		if json.Unmarshal(export, &targets) != nil {
			targets = map[string]string{"default": strings.Trim(string(export), `"`)}
		}
		for _, target := range targets {
			if files["package/"+strings.TrimPrefix(target, "./")] == "" {
				t.Errorf("%s is said to be in %s", name, target)
			}
		}
	}
}

func unpackTarball(t *testing.T, from io.Reader) map[string]string {
	t.Helper()
	z, err := gzip.NewReader(from)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(z); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}

// npm installs it from its URL, and again from the lock file that it has written.
func TestNpmInstallsThePackage(t *testing.T) {
	server := httptest.NewServer(start(t))
	defer server.Close()
	project := t.TempDir()
	npm := func(args ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), "npm", append(args, "--no-audit", "--no-fund", "--cache", filepath.Join(project, "cache"))...)
		command.Dir = project
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("npm %q: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(project, "package.json"), []byte(`{"private": true, "type": "module"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	npm("install", server.URL+"/v1/aside-widget.tgz")
	lock, err := os.ReadFile(filepath.Join(project, "package-lock.json"))
	if err != nil || !strings.Contains(string(lock), readReleaseIndex(t, server.Config.Handler).Package.Integrity) {
		t.Errorf("the lock file has another integrity: %v\n%s", err, lock)
	}
	npm("ci")
	command := exec.CommandContext(t.Context(), "node", "--eval", `import("@aside/widget").then(async ({ load }) => console.log(await load("https://notes.example")))`)
	command.Dir = project
	if out, err := command.CombinedOutput(); err != nil || string(out) != "undefined\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

// A page without a bundler imports it from here.
func TestPackageIsServedAsModules(t *testing.T) {
	h := start(t)
	for _, name := range []string{"index.js", "react.js", "vue.js"} {
		r := get(t, h, "/v1/npm/"+name)
		wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
		wantHeader(t, r, "Access-Control-Allow-Origin", "*")
		wantHeader(t, r, "Cache-Control", "public, max-age=300")
		source, err := os.ReadFile("npm/dist/" + name)
		if err != nil || body(t, r) != string(source) {
			t.Errorf("%s is not the package's: %v", name, err)
		}
		if again := get(t, h, "/v1/npm/"+name, "If-None-Match", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again for %s: %s", name, again.Status)
		}
	}
	wantHeader(t, get(t, h, "/v1/npm/index.d.ts"), "Content-Type", "application/typescript; charset=utf-8")
	for _, path := range []string{"/v1/npm/", "/v1/npm/package.json", "/v1/npm/other.js", "/v1/npm/..%2fdist%2findex.js"} {
		if r := get(t, h, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}
