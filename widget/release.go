package widget

import (
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
)

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
