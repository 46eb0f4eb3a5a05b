package db

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// An archivedNote is a note as an archive stores it.
type archivedNote struct {
	ID         uuid.UUID  `json:"id"`
	TenantID   string     `json:"tenantId"`
	TenantName string     `json:"tenant"`
	Title      string     `json:"title"`
	Body       string     `json:"body"`
	Tags       []string   `json:"tags"`
	Pinned     bool       `json:"pinned"`
	Version    int        `json:"version"`
	CreatedAt  time.Time  `json:"createdAt"`
	UpdatedAt  time.Time  `json:"updatedAt"`
	TrashedAt  *time.Time `json:"trashedAt"`
}

func archived(n *Note, tenantName string) archivedNote {
	return archivedNote{n.ID, n.TenantKey, tenantName, n.Title, n.Body, n.Tags, n.Pinned, n.Version, n.CreatedAt, n.UpdatedAt, n.TrashedAt}
}

// writeMarkdown writes the note's unchanged body after a front matter with its other fields. Values are JSON,
// which YAML reads too, so that a title cannot escape its quotes.
func (n archivedNote) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("---\n")
	for _, f := range []struct {
		name  string
		value any
	}{
		{"id", n.ID}, {"title", n.Title}, {"tenant", n.TenantName}, {"tenantId", n.TenantID}, {"tags", n.Tags}, {"pinned", n.Pinned},
		{"version", n.Version}, {"createdAt", n.CreatedAt}, {"updatedAt", n.UpdatedAt}, {"trashedAt", n.TrashedAt},
	} {
		value, err := frontMatter(f.value)
		if err != nil {
			return err
		}
		b.WriteString(f.name + ": " + value + "\n")
	}
	b.WriteString("---\n\n")
	b.WriteString(n.Body)
	_, err := io.WriteString(w, b.String())
	return err
}

// frontMatter encodes a value as JSON that is also YAML 1.1. It escapes the characters that encoding/json
// does not escape but YAML takes for unprintable or for the end of a line (§5.1, §5.4).
func frontMatter(v any) (string, error) {
	var plain, b strings.Builder
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	for _, r := range strings.TrimSuffix(plain.String(), "\n") {
		if r >= 0x7f && r < 0xa0 || r == '\ufeff' || r == '\ufffe' || r == '\uffff' {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

// fileNames gives each note a unique name that every file system accepts.
type fileNames struct {
	folders map[string]string // by tenant key
	taken   map[string]bool   // by key, since file systems may ignore case and Unicode normalization
	fold    cases.Caser
}

func newFileNames() *fileNames {
	return &fileNames{folders: map[string]string{}, taken: map[string]bool{}, fold: cases.Fold()}
}

func (f *fileNames) of(n archivedNote) string {
	folder, known := f.folders[n.TenantID]
	if !known {
		folder = safeName(n.TenantName)
		if folder == "" || reserved.MatchString(folder) {
			folder = strings.TrimSpace(folder + " " + n.TenantID)
		}
		folder = f.free("notes/"+folder, n.TenantID)
		f.folders[n.TenantID] = folder
	}
	title := safeName(n.Title)
	if title == "" {
		title = "Untitled"
	}
	return f.free(folder+"/"+n.CreatedAt.Format(time.DateOnly)+" "+title, n.ID.String()) + ".md"
}

// free returns a name that is not in use, and marks it as used. It appends id if needed, and a number if a
// title ends in that id.
func (f *fileNames) free(name, id string) string {
	free := name
	for i := 1; f.taken[f.key(free)]; i++ {
		if free = name + " " + id; i > 1 {
			free += fmt.Sprintf(" %d", i)
		}
	}
	f.taken[f.key(free)] = true
	return free
}

func (f *fileNames) key(name string) string {
	return norm.NFC.String(f.fold.String(norm.NFD.String(name)))
}

// reserved matches names that Windows reserves.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?$`)

// safeName returns a text as a part of a file name: composed (NFC), of limited length, and without characters
// that are invisible or special to a file system.
func safeName(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == unicode.ReplacementChar:
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r): // control characters, and those that change the writing direction
			return -1
		}
		return r
	}, norm.NFC.String(text))
	for strings.Contains(clean, "..") { // careless programs would take it for the parent folder
		clean = strings.ReplaceAll(clean, "..", ".")
	}
	var b strings.Builder
	for i, r := range []rune(strings.Join(strings.Fields(clean), " ")) {
		if i == 60 || b.Len()+len(string(r)) > 180 {
			break
		}
		b.WriteRune(r)
	}
	return strings.Trim(b.String(), " .-")
}
