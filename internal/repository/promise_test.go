package repository

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A sentence on screen about who can see, read or do something, or about what is kept or ends, is a promise. The table
// in SECURITY.md names the test behind each. Whenever a sentence changes, its row must be reviewed.
func TestEachPromiseIsShown(t *testing.T) {
	t.Chdir("../..")
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## What people are told")
	table, _, _ = strings.Cut(table, "\n## ")
	listed := make(map[string]bool)
	for row := range strings.Lines(table) {
		quoted := quotedSentence.FindAllStringSubmatch(row, -1)
		if len(quoted) > 0 && !strings.Contains(row, "`Test") {
			t.Errorf("no test is named in %s", row)
		}
		for _, m := range quoted {
			listed[m[1]] = true
		}
	}
	made := promises(t)
	for sentence, file := range made {
		if !listed[sentence] {
			t.Errorf("SECURITY.md names no test for a promise in %s: “%s”", file, sentence)
		}
	}
	for sentence := range listed {
		if _, ok := made[sentence]; !ok {
			t.Errorf("SECURITY.md lists a promise that no page makes: “%s”", sentence)
		}
	}
	if len(made) < 45 {
		t.Errorf("only %d promises were found", len(made))
	}
}

var (
	quotedSentence = regexp.MustCompile(`“([^“”]+)”`)
	promiseWords   = regexp.MustCompile(`(?i)can’t (read|see|be (changed|undone))|(can|could) (read|open)|don’t see|\b(learns?|know) that|\balone\b|opened with|(is|are|were|be) signed out|used up|shown (only|again)|works once|(still|longer) open|still in|been deleted|deletes|discarded|readable|stop working|(kept|saved) on|is lost|(invitations|opened) end|ends on its own|(makes them|become) private|is refused`)
	blank          = regexp.MustCompile(`\{\{[^}]*\}\}|\$?\{[^{}]*\}`)
	tag            = regexp.MustCompile(`<[^<>]*>`)
	sentenceEnd    = regexp.MustCompile(`[.?!]\s+|:\s+`)
	spaces         = regexp.MustCompile(`\s+`)
	comment        = regexp.MustCompile(`(?s:/\*.*?\*/)|(?m:(^|\s)//.*$)`)
	literal        = regexp.MustCompile("\"([^\"\n]*)\"|`([^`]*)`")
	between        = regexp.MustCompile(`>([^<>{}=;]*(?:(?:</?(?:strong|bdi|a|code|p)\b[^>]*>|\{[^{}]*\})[^<>{}=;]*)*)<`)
	block          = regexp.MustCompile(`</?(?:p|li|h1|footer|section|button|a|div|label|ul|form|span)\b[^>]*>|\{\{(?:else|end|if|with)[^}]*\}\}`)
)

// promises returns the English sentences of the pages and the widget that are promises, each with its file. “…” stands
// for what is filled in.
func promises(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	add := func(file, text string) {
		text = tag.ReplaceAllString(blank.ReplaceAllString(strings.ReplaceAll(text, `{" "}`, " "), "…"), "")
		text = spaces.ReplaceAllString(text, " ")
		for _, sentence := range sentences(text) {
			if strings.Count(sentence, " ") >= 3 && promiseWords.MatchString(sentence) && !strings.Contains(sentence, "=>") {
				found[sentence] = file
			}
		}
	}
	for _, file := range filesBelow(t, "web/template", ".html") {
		for _, text := range block.Split(read(t, file), -1) {
			add(file, text)
		}
	}
	for _, file := range append(filesBelow(t, "web/src", ".tsx"), filesBelow(t, "web/src", ".ts")...) {
		source := comment.ReplaceAllString(read(t, file), "")
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			add(file, m[1]+m[2])
		}
		for _, m := range between.FindAllStringSubmatch(source, -1) {
			add(file, m[1])
		}
	}
	for _, file := range append(filesBelow(t, "widget/src/locales", ".json"), filesBelow(t, "web/src/locales", ".json")...) {
		if !strings.HasPrefix(filepath.Base(file), "en.") {
			continue
		}
		var texts map[string]any
		if err := json.Unmarshal([]byte(read(t, file)), &texts); err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if text, ok := text.(string); ok {
				add(file, text)
			}
			if plural, ok := text.(map[string]any); ok {
				for _, form := range plural {
					add(file, fmt.Sprint(form))
				}
			}
		}
	}
	return found
}

func sentences(text string) (all []string) {
	from := 0
	for _, end := range sentenceEnd.FindAllStringIndex(text, -1) {
		all = append(all, strings.TrimSpace(text[from:end[0]+1]))
		from = end[1]
	}
	return append(all, strings.TrimSpace(text[from:]))
}

func filesBelow(t *testing.T, dir, ending string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ending) && !strings.Contains(name, ".test.") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}
