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

// loaders serves the script whose name tenants have in their pages. By its plain name it changes with a release, so that a
// copy is asked for again after five minutes and answered 304 where nothing changed. By a name with its hash, which a tenant
// may pin together with its Subresource Integrity, it is what it was for good: those of earlier releases lie in released.
type loaders struct {
	evergreen *asset
	etag      string
	pinned    map[string]*asset
	index     []byte // aside.json
}

//go:embed released
var released embed.FS

func newLoaders(assets *Assets) (*loaders, error) {
	evergreen := assets.files[assets.entry("aside.js").File]
	sum := sha256.Sum256(evergreen.plain)
	// Weak, since the same tag stands for the plain and the compressed form (RFC 9110 §8.8.1).
	l := &loaders{evergreen: evergreen, etag: `W/"` + hex.EncodeToString(sum[:8]) + `"`, pinned: map[string]*asset{}}
	earlier, err := released.ReadDir("released")
	if err != nil {
		return nil, err
	}
	for _, file := range earlier {
		if path.Ext(file.Name()) != ".js" {
			continue
		}
		content, err := released.ReadFile("released/" + file.Name())
		if err != nil {
			return nil, err
		}
		if name := pinnedName(content); name != file.Name() {
			return nil, fmt.Errorf("released/%s was changed: it would be %s", file.Name(), name)
		}
		if l.pinned[file.Name()], err = newAsset(file.Name(), content); err != nil {
			return nil, err
		}
	}
	today := pinnedName(evergreen.plain)
	l.pinned[today] = evergreen
	integrity := sha512.Sum384(evergreen.plain)
	l.index, err = json.Marshal(assetEntry{File: today, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(integrity[:])})
	return l, err
}

func pinnedName(content []byte) string {
	sum := sha256.Sum256(content)
	return "aside." + hex.EncodeToString(sum[:6]) + ".js"
}

func (l *loaders) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch file := r.PathValue("file"); {
	case l.pinned[file] != nil:
		l.pinned[file].serve(w, r, "public, max-age=31536000, immutable")
	case file == "aside.json":
		public(w.Header(), loaderCache)
		w.Header().Set("Content-Type", "application/json")
		write(w, r, l.index, nil)
	case file != "aside.js":
		http.NotFound(w, r)
	default:
		w.Header().Set("ETag", l.etag)
		if strings.Contains(r.Header.Get("If-None-Match"), strings.TrimPrefix(l.etag, "W/")) {
			public(w.Header(), loaderCache)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		l.evergreen.serve(w, r, loaderCache)
	}
}

const loaderCache = "public, max-age=300"
