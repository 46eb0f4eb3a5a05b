package widget

import (
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Assets serves one directory of bundled scripts and styles, as widget/build writes it: files with the hash of their content in their
// names, and a manifest.json that maps the names that pages use ("frame.js") to them. Some have their gzip form beside them, with .gz
// after the name.
// NewAssets reads everything once; the others are compressed when they are first asked for. Assets is safe for concurrent use.
type Assets struct {
	prefix  string
	entries map[string]assetEntry
	files   map[string]*asset
}

type assetEntry struct {
	File      string `json:"file"`
	Integrity string `json:"integrity"`
}

type asset struct {
	contentType string
	plain       []byte
	packed      func() []byte // nil if it is never sent compressed
}

// NewAssets reads a bundled directory (the manifest at its root). prefix is the path of the handler, with both slashes ("/assets/").
// It returns an error if the manifest is missing, unreadable or names a missing file.
func NewAssets(dist fs.FS, prefix string) (*Assets, error) {
	index, err := fs.ReadFile(dist, "manifest.json")
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	a := &Assets{prefix: prefix, files: map[string]*asset{}}
	if err := json.Unmarshal(index, &a.entries); err != nil {
		return nil, fmt.Errorf("assets: manifest.json: %w", err)
	}
	for name, e := range a.entries {
		content, err := fs.ReadFile(dist, e.File)
		if err != nil {
			return nil, fmt.Errorf("assets: %s: %w", name, err)
		}
		a.files[e.File] = newAsset(e.File, content)
		if packed, err := fs.ReadFile(dist, e.File+".gz"); err == nil {
			a.files[e.File].packed = func() []byte { return packed }
		}
	}
	return a, nil
}

func newAsset(name string, content []byte) *asset {
	return &asset{contentType(name), content, sync.OnceValue(func() []byte { return compress(content) })}
}

// contentType does not ask the machine's MIME table first, which may say that a script is text/plain.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".ts":
		return "application/typescript; charset=utf-8"
	case ".tgz":
		return "application/gzip"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// URL returns the path of the file that was built for name ("frame.js"), hash included. It panics for an unknown name: pages name
// their own scripts, so that is a mistake in the program, which the first test finds.
func (a *Assets) URL(name string) string {
	return a.prefix + a.entry(name).File
}

// Integrity returns the Subresource Integrity value ("sha384-…") of the file at URL(name). It panics like URL.
func (a *Assets) Integrity(name string) string {
	return a.entry(name).Integrity
}

func (a *Assets) entry(name string) assetEntry {
	e, ok := a.entries[name]
	if !ok {
		panic("assets: nothing was built as " + name)
	}
	return e
}

// ServeHTTP answers GET and HEAD for prefix + file. A name with a hash may be cached forever. Files without one have handlers of their
// own (the loader), and are not found here.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, a.prefix)
	f := a.files[name]
	if !ok || f == nil || a.entries[name].File == name {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r, "public, max-age=31536000, immutable")
}

// serve writes one public static file.
func (f *asset) serve(w http.ResponseWriter, r *http.Request, cache string) {
	setPublicHeaders(w.Header(), cache)
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	writeBody(w, r, f.plain, f.packed)
}

// setPublicHeaders sets the headers of an answer that any site may read and any page may load, whatever its Cross-Origin-Embedder-Policy.
func setPublicHeaders(h http.Header, cache string) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", cache)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Vary", "Accept-Encoding")
}

// A latestFile is a public file with a fixed name that changes with a release. Browsers revalidate it after five minutes, and get 304
// if it has not changed.
type latestFile struct {
	*asset
	etag string
}

const latestCache = "public, max-age=300"

func newLatestFile(a *asset) *latestFile {
	sum := sha256.Sum256(a.plain)
	// Weak, since the same tag stands for the plain and the compressed form (RFC 9110 §8.8.1).
	return &latestFile{a, `W/"` + hex.EncodeToString(sum[:8]) + `"`}
}

func (e *latestFile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", e.etag)
	if strings.Contains(r.Header.Get("If-None-Match"), strings.TrimPrefix(e.etag, "W/")) {
		setPublicHeaders(w.Header(), latestCache)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	e.serve(w, r, latestCache)
}

// releases serves the files that tenants use: the loader in their pages, the npm package in their builds. Under its plain name a file
// is the latest. Under a name with its hash, which a tenant may pin together with its integrity, it never changes: the files of earlier
// releases are in released.
type releases struct {
	latest map[string]*latestFile
	pinned map[string]*asset
	index  []byte // aside.json
}

//go:embed released
var released embed.FS

// releaseIndex is aside.json: the hashed names of today's loader and package.
type releaseIndex struct {
	assetEntry
	Package assetEntry `json:"package"`
}

func newReleases(assets *Assets) (*releases, error) {
	loader := assets.files[assets.entry("aside.js").File]
	tarball, err := newTarball()
	if err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	r := &releases{
		latest: map[string]*latestFile{"aside.js": newLatestFile(loader), "aside-widget.tgz": newLatestFile(tarball)},
		pinned: map[string]*asset{},
	}
	if err := r.readEarlierReleases(); err != nil {
		return nil, err
	}
	var index releaseIndex
	sri, ssri := sha512.Sum384(loader.plain), sha512.Sum512(tarball.plain)
	index.assetEntry = assetEntry{pinnedName("aside.js", loader.plain), "sha384-" + base64.StdEncoding.EncodeToString(sri[:])}
	index.Package = assetEntry{pinnedName("aside-widget.tgz", tarball.plain), "sha512-" + base64.StdEncoding.EncodeToString(ssri[:])}
	r.pinned[index.File], r.pinned[index.Package.File] = loader, tarball
	r.index, err = json.Marshal(index)
	return r, err
}

// readEarlierReleases reads the files of earlier releases.
func (r *releases) readEarlierReleases() error {
	earlier, err := released.ReadDir("released")
	if err != nil {
		return err
	}
	for _, file := range earlier {
		ext := path.Ext(file.Name())
		if ext == ".md" {
			continue
		}
		content, err := released.ReadFile("released/" + file.Name())
		if err != nil {
			return err
		}
		plain, _, _ := strings.Cut(file.Name(), ".")
		if name := pinnedName(plain+ext, content); name != file.Name() {
			return fmt.Errorf("released/%s was changed: it would be %s", file.Name(), name)
		}
		a := &asset{contentType: contentType(ext), plain: content}
		if ext != ".tgz" { // which is not compressed
			a = newAsset(file.Name(), content)
		}
		r.pinned[file.Name()] = a
	}
	return nil
}

// pinnedName adds the hash of the content to the name of a file.
func pinnedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

func (r *releases) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch file := req.PathValue("file"); {
	case r.pinned[file] != nil:
		r.pinned[file].serve(w, req, "public, max-age=31536000, immutable")
	case r.latest[file] != nil:
		r.latest[file].ServeHTTP(w, req)
	case file == "aside.json":
		setPublicHeaders(w.Header(), latestCache)
		w.Header().Set("Content-Type", "application/json")
		writeBody(w, req, r.index, nil)
	default:
		http.NotFound(w, req)
	}
}
