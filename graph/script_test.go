package graph

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestScripts runs testdata/*.txtar. A script is a sequence of requests, with the principal (viewer), the document (query,
// variables) and the expected response (answer, with its status if it is not 200). "<word>" in a response stands for any
// string the first time, and for the same string from then on. In a document or in variables, it stands for that string,
// or for the key of the tenant with this name.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			script, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			withAndWithoutDirect(t, func(t *testing.T, a *api) { playScript(t, a, script) })
		})
	}
}

func playScript(t *testing.T, a *api, script *txtar.Archive) {
	captured := map[string]string{}
	var who, query, variables string
	for step, f := range script.Files {
		text := string(f.Data)
		switch name, status, _ := strings.Cut(f.Name, " "); name {
		case "viewer":
			who = strings.TrimSpace(text)
			a.viewer(t, who)
			for place, tenant := range a.tenants {
				captured[place] = tenant.Key
			}
		case "query":
			query, variables = fill(text, captured), "{}"
		case "variables":
			variables = fill(text, captured)
		case "answer":
			if status == "" {
				status = "200"
			}
			code, body := a.post(t, who, query, json.RawMessage(variables))
			if err := match(text, body, captured); err != nil || strconv.Itoa(code) != status {
				t.Fatalf("step %d, %s: %s%s\nanswered %d %s\nwanted %s %s\n%v", step, who, query, variables, code, body, status, text, err)
			}
		default:
			t.Fatalf("a script has no %q", f.Name)
		}
	}
}

func fill(text string, captured map[string]string) string {
	for word, meaning := range captured {
		text = strings.ReplaceAll(text, "<"+word+">", meaning)
	}
	return text
}

func match(wanted, got string, captured map[string]string) error {
	var w, g any
	if err := json.Unmarshal([]byte(wanted), &w); err != nil {
		return fmt.Errorf("the script's answer: %w", err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		return err
	}
	return matchValue("", w, g, captured)
}

func matchValue(path string, wanted, got any, captured map[string]string) error {
	switch w := wanted.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("%s: other keys", path)
		}
		for key := range w {
			if _, ok := g[key]; !ok {
				return fmt.Errorf("%s: no %s", path, key)
			}
			if err := matchValue(path+"."+key, w[key], g[key], captured); err != nil {
				return err
			}
		}
		return nil
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("%s: other length", path)
		}
		for i := range w {
			if err := matchValue(fmt.Sprintf("%s[%d]", path, i), w[i], g[i], captured); err != nil {
				return err
			}
		}
		return nil
	case string:
		g, ok := got.(string)
		if word, is := strings.CutPrefix(w, "<"); ok && is && strings.HasSuffix(word, ">") {
			word = strings.TrimSuffix(word, ">")
			if _, known := captured[word]; !known {
				captured[word] = g
			}
			wanted = captured[word]
		}
	}
	if !reflect.DeepEqual(wanted, got) {
		return fmt.Errorf("%s: wanted %v, got %v", path, wanted, got)
	}
	return nil
}
