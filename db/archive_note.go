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
)

// An archivedNote is a note as an archive holds it.
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

// writeMarkdown writes the note's body, as it is, behind a front matter of what else is known of
// it. Values are JSON, which YAML 1.2 reads too: no title gets out of its quotes.
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
		b.WriteString(f.name + ": ")
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(f.value); err != nil { // with the end of the line
			return err
		}
	}
	b.WriteString("---\n\n")
	b.WriteString(n.Body)
	_, err := io.WriteString(w, b.String())
	return err
}

// fileNames gives notes names that every file system takes, and each one another.
type fileNames struct {
	folders map[string]string // by tenant key
	taken   map[string]bool   // in lower case: some file systems don't tell
}

func newFileNames() *fileNames {
	return &fileNames{folders: map[string]string{}, taken: map[string]bool{}}
}

func (f *fileNames) of(n archivedNote) string {
	folder, known := f.folders[n.TenantID]
	if !known {
		folder = safeName(n.TenantName)
		if folder == "" || reserved.MatchString(folder) || f.taken[strings.ToLower(folder)] {
			folder = strings.TrimSpace(folder + " " + n.TenantID)
		}
		f.folders[n.TenantID], f.taken[strings.ToLower(folder)] = folder, true
	}
	title := safeName(n.Title)
	if title == "" {
		title = "Untitled"
	}
	name := fmt.Sprintf("notes/%s/%s %s", folder, n.CreatedAt.Format(time.DateOnly), title)
	if f.taken[strings.ToLower(name)] {
		name += " " + n.ID.String()
	}
	f.taken[strings.ToLower(name)] = true
	return name + ".md"
}

// reserved are names that Windows keeps for itself.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$`)

// safeName is a text as a part of a file's name: without what some file system gives a meaning,
// what nobody sees, and what is too long.
func safeName(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == unicode.ReplacementChar:
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r): // controls and what steers the direction of writing
			return -1
		}
		return r
	}, text)
	for strings.Contains(clean, "..") { // the folder above, to whoever looks carelessly
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
