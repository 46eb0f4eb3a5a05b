package widget

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// The npm package @aside/widget is in no registry: the service serves it, as a tarball and as modules.
//
//go:embed npm/LICENSE npm/README.md npm/package.json npm/dist
var npm embed.FS

// newTarball packs the package as `npm pack` does. Its bytes depend on its files only, since lock files contain their hash: there is no
// time of day, and nothing is compressed, since another release of Go may compress differently.
func newTarball() (*asset, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.NoCompression)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(z)
	err = fs.WalkDir(npm, "npm", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := npm.ReadFile(name)
		if err != nil {
			return err
		}
		header := &tar.Header{
			Name: "package" + name[len("npm"):], Mode: 0o644, Size: int64(len(content)), Format: tar.FormatUSTAR,
			ModTime: time.Date(1985, time.October, 26, 8, 15, 0, 0, time.UTC), // npm's own
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err = archive.Write(content)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &asset{contentType: contentType(".tgz"), plain: packed.Bytes()}, nil
}

// modules serves the modules of the package, for pages that import them without a bundler.
type modules map[string]*latestFile

func newModules() (modules, error) {
	files, err := npm.ReadDir("npm/dist")
	if err != nil {
		return nil, err
	}
	m := modules{}
	for _, file := range files {
		content, err := npm.ReadFile(path.Join("npm/dist", file.Name()))
		if err != nil {
			return nil, err
		}
		m[file.Name()] = newLatestFile(newAsset(file.Name(), content))
	}
	return m, nil
}

func (m modules) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if file := m[r.PathValue("file")]; file != nil {
		file.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}
