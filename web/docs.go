package web

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/company-a/aside/internal/version"
)

// web/docs renders the pages.
//
//go:embed docs/dist
var docsFiles embed.FS

// docs serves the documentation of this release.
type docs struct {
	pages  *pages
	files  fs.FS
	titles map[string]string // of the pages, by name
	base   docsPage
	index  []byte // what a browser searches: the sections of every page, as JSON
}

// A docsPage is the data of template/docs.html.
type docsPage struct {
	page
	Script   string
	Index    string // the address of what is searched, with a hash of it
	Version  string
	Chapters []docsChapter
	Name     string // of the page, below /docs/
	Title    string
	Body     template.HTML
}

// A docsChapter is a part of the navigation.
type docsChapter struct {
	Title string
	Pages []struct{ Name, Title string }
}

const docsFrontPage = "README"

func newDocs(p *pages) (*docs, error) {
	files, err := fs.Sub(docsFiles, "docs/dist")
	if err != nil {
		return nil, err
	}
	d := &docs{pages: p, files: files, titles: map[string]string{}}
	d.base = docsPage{page: p.base.in(p.locales.all[0]), Script: p.assets.URL("docs.js"), Version: version.Running().Version}
	d.base.Style = p.assets.URL("docs.css")
	navigation, err := fs.ReadFile(files, "navigation.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(navigation, &d.base.Chapters); err != nil {
		return nil, fmt.Errorf("navigation.json: %w", err)
	}
	return d, d.buildIndex()
}

// buildIndex joins what is searched of all pages.
func (d *docs) buildIndex() error {
	all := map[string]json.RawMessage{}
	err := fs.WalkDir(d.files, ".", func(file string, _ fs.DirEntry, err error) error {
		name, ok := strings.CutSuffix(file, ".json")
		if err != nil || !ok || name == "navigation" {
			return err
		}
		content, err := fs.ReadFile(d.files, file)
		if err != nil {
			return err
		}
		var page struct{ Title string }
		if err := json.Unmarshal(content, &page); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		all[name], d.titles[name] = content, page.Title
		return nil
	})
	if err != nil {
		return err
	}
	if d.index, err = json.Marshal(all); err != nil {
		return err
	}
	sum := sha256.Sum256(d.index)
	d.base.Index = "/docs/search." + hex.EncodeToString(sum[:6]) + ".json"
	return nil
}

// mount registers the addresses of the documentation.
func (d *docs) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /docs", d.show)
	mux.HandleFunc("GET /docs/{place...}", d.show)
	mux.HandleFunc("GET "+d.base.Index, d.search)
}

func (d *docs) show(w http.ResponseWriter, r *http.Request) {
	page := d.base
	page.Name = r.PathValue("place")
	name := cmp.Or(page.Name, docsFrontPage)
	body, err := fs.ReadFile(d.files, name+".html")
	if err != nil || page.Name == docsFrontPage { // an earlier release may have had the page
		page.Title = "No such page"
		d.pages.render(w, r, http.StatusNotFound, "docs.html", page)
		return
	}
	page.Title = d.titles[name]
	page.Body = template.HTML(body) //nolint:gosec // web/docs has rendered it from files of the repository
	d.pages.render(w, r, http.StatusOK, "docs.html", page)
}

func (d *docs) search(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	send(w, r, http.StatusOK, "application/json", d.index)
}
