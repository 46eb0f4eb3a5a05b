package db

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// awkwardTexts returns texts that YAML readers have misread, from public bug reports, and each possibly special character.
func awkwardTexts() []string {
	texts := []string{
		"", " ", "no", "Yes", "null", "~", "1e3", "0o17", "2026-11-29", "12:30:45", "Question: to be or not", "# heading", "- item", "? key", "! tag",
		"*alias", "&anchor", "[a, b]", "{a: b}", "| block", "> folded", "%YAML 1.2", "@at", "`tick", "---", "...", "'single'", `"double"`, `back\slash`,
		"tab\there", "two\nlines", "cr\rlf\r\n", " around ", "emoji 🍵", "日本茶", "שלום", "a: b: c #d", `\u0041`, "</script>", strings.Repeat("long ", 500),
	}
	for r := rune(1); r < 0x3000; r++ {
		if r < 0x100 || r >= 0x2000 && r < 0x2070 {
			texts = append(texts, fmt.Sprintf("a%cb", r))
		}
	}
	return append(texts, "a\ufeffb", "\ufeffa", "a\ufffdb", "a\ufffeb", "a\uffffb", "a\U0001ffffb")
}

func TestFrontMatterIsYAMLAndJSON(t *testing.T) {
	for _, text := range awkwardTexts() {
		if strings.Contains(text, "\x00") || !utf8.ValidString(text) {
			continue // notes can't contain it
		}
		n := archivedNote{ID: uuid.New(), TenantName: text, TenantID: "t_1", Title: text, Body: "---\nbody: " + text, Tags: []string{text, "b"}, Version: 7}
		var b strings.Builder
		if err := n.writeMarkdown(&b); err != nil {
			t.Fatal(err)
		}
		front, body, ok := strings.Cut(strings.TrimPrefix(b.String(), "---\n"), "\n---\n\n")
		if !ok || body != n.Body {
			t.Errorf("%q: the body is %q", text, body)
		}
		var read struct {
			Title, Tenant string
			Tags          []string
			Version       int
			TrashedAt     *string `yaml:"trashedAt"`
		}
		if err := yaml.Unmarshal([]byte(front), &read); err != nil {
			t.Errorf("%q: %v in\n%s", text, err, front)
			continue
		}
		if read.Title != text || read.Tenant != text || len(read.Tags) != 2 || read.Tags[0] != text || read.Version != 7 || read.TrashedAt != nil {
			t.Errorf("%q is read as %+v", text, read)
		}
		for _, r := range front { // YAML 1.1 §5.1: printable characters
			if r != '\n' && r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == '\ufeff' || r == '\ufffe' || r == '\uffff' {
				t.Errorf("%q: there is a %U in\n%s", text, r, front)
			}
		}
	}
}

// Archived notes have distinct file names on every file system, including those that ignore case and Unicode normalization.
func TestEachNoteOfAnArchiveIsAFile(t *testing.T) {
	id := uuid.New()
	titles := []string{"Café", "Cafe\u0301", "CAFÉ", "café", "Straße", "STRASSE", "strasse", "Σίσυφος", "ΣΊΣΥΦΟΣ", "ﬁn", "", "Untitled", "untitled", "…", "..", "a/b", "a-b",
		"Ångström", "A\u030angström", "\u212bngström", "K", "\u212a", "k", "한국", norm.NFD.String("한국"), "café " + id.String(), "Café " + id.String() + " 2"}
	day := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for _, same := range []bool{false, true} {
		names, seen, fold := newFileNames(), map[string]string{}, cases.Fold()
		for _, tenant := range []struct{ id, name string }{{"t_1", "Café"}, {"t_2", "CAFE\u0301"}, {"t_3", "café t_2"}, {"t_4", "con"}, {"t_5", "COM¹"}, {"t_6", ""}, {"t_7", "t_6"}} {
			for _, title := range titles {
				n := archivedNote{ID: uuid.New(), TenantID: tenant.id, TenantName: tenant.name, Title: title, CreatedAt: day}
				if same { // doesn't happen in practice, but must not lose a note
					n.ID = id
				}
				name := names.path(n)
				key := norm.NFC.String(fold.String(norm.NFD.String(name)))
				if other, taken := seen[key]; taken {
					t.Errorf("%q is %q", name, other)
				}
				seen[key] = name
				if !norm.NFC.IsNormalString(name) || strings.Contains(name, "..") || strings.Count(name, "/") != 2 {
					t.Errorf("a file is called %q", name)
				}
				if folder := strings.Split(name, "/")[1]; reserved.MatchString(folder) {
					t.Errorf("a folder is called %q", folder)
				}
			}
		}
	}
}
