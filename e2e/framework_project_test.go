package e2e

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// project is a company's own directory with its files and the package that the service serves.
type project struct {
	t   *testing.T
	dir string
}

// project creates a project with files given as names and contents.
func (a *aside) project(t *testing.T, files ...string) *project {
	t.Helper()
	p := &project{t, t.TempDir()}
	response, err := (&http.Client{Transport: loopback}).Get(a.frame + "/v1/aside-widget.tgz")
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	z, err := gzip.NewReader(response.Body)
	must(t, err)
	for archive := tar.NewReader(z); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		content, err := io.ReadAll(archive)
		must(t, err)
		p.write("node_modules/@aside/widget/"+strings.TrimPrefix(header.Name, "package/"), string(content))
	}
	for i := 0; i < len(files); i += 2 {
		p.write(files[i], files[i+1])
	}
	return p
}

func (p *project) write(name, content string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	must(p.t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(p.t, os.WriteFile(path, []byte(content), 0o600))
}

// bundle bundles an entry into one script, with packages from the first of the given directories that has them.
func (p *project) bundle(entry string, packages ...string) string {
	p.t.Helper()
	return p.run(append([]string{bundler(), filepath.Join(p.dir, entry)}, packages...)...)
}

// bundler returns the bundling command, which is built once.
var bundler = sync.OnceValue(func() string {
	command := filepath.Join(filepath.Dir(binary), "bundle")
	build := exec.Command("go", "build", "-o", command, "e2e/frameworks/bundle.go")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	return command
})

// renders runs an entry like a company's server and returns its output.
func (p *project) renders(entry string, packages ...string) string {
	p.t.Helper()
	p.write("server.cjs", p.run(append([]string{bundler(), "-server", filepath.Join(p.dir, entry)}, packages...)...))
	return p.run("node", filepath.Join(p.dir, "server.cjs"))
}

// run runs a command at the root of the repository and returns its output.
func (p *project) run(command ...string) string {
	p.t.Helper()
	c := exec.CommandContext(p.t.Context(), command[0], command[1:]...)
	c.Dir = ".."
	out, err := c.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		p.t.Fatalf("%q: %v\n%s", command, err, failed.Stderr)
	}
	must(p.t, err)
	return string(out)
}

// withScript serves a page and its script, and an empty assertion.
func withScript(page, script string) http.Handler {
	document := htmlHandler(page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/main.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write([]byte(script))
		case "/aside-assertion":
		default:
			document.ServeHTTP(w, r)
		}
	})
}
