package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// documents are the texts of the trusted GraphQL documents by their ids.
type documents map[string]string

// plugin has esbuild load a .graphql file as a module: its default export is the document's id, and each operation is exported
// under its own name, as that name. The document must be valid by the schema; its text is kept for the server.
func (d documents) plugin(root string) api.Plugin {
	return api.Plugin{Name: "documents", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `\.graphql$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			module, err := d.load(root, args.Path)
			return api.OnLoadResult{Contents: &module, Loader: api.LoaderJS}, err
		})
	}}
}

func (d documents) load(root, path string) (module string, err error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	schema, err := loadSchema(root)
	if err != nil {
		return "", err
	}
	document, wrong := gqlparser.LoadQueryWithRules(schema, string(source), nil)
	if len(wrong) > 0 {
		return "", fmt.Errorf("%s: %w", filepath.Base(path), wrong)
	}
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithCompacted(), formatter.WithIndent("")).FormatQueryDocument(document)
	id := documentID(text.String())
	d[id] = text.String()
	module = fmt.Sprintf("export default %q;\n", id)
	for _, operation := range document.Operations {
		module += fmt.Sprintf("export const %s = %q;\n", operation.Name, operation.Name)
	}
	return module, nil
}

// documentID returns the id of a document: as much of its hash as tells it from those of other releases. The server runs none but those
// that it knows by their ids, so nobody gains by another text with the same one. Ids that are no whole hash begin with x- (GraphQL over
// HTTP, persisted documents).
func documentID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "x-" + base64.RawURLEncoding.EncodeToString(sum[:9])
}

func loadSchema(root string) (*ast.Schema, error) {
	files, err := filepath.Glob(filepath.Join(root, "graph", "*.graphqls"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var sources []*ast.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	return gqlparser.LoadSchema(sources...)
}

func (d documents) json() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(d)
	return b.Bytes(), err
}
