package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The page of an account's activity has a text in every language for each event that package db records about a person.
func TestEventsHaveTexts(t *testing.T) {
	actions := recordedActions(t)
	for _, known := range []string{"account.signed_in", "encryption.begun", "decryption.finished", "identity.refused", "rate.refused"} {
		if !actions[known] {
			t.Errorf("%s was not found", known)
		}
	}
	for _, tag := range languages {
		texts := map[string]any{}
		if err := readCatalog(tag+".account", &texts); err != nil {
			t.Fatal(err)
		}
		for action := range actions {
			if key := "event_" + strings.Replace(action, ".", "_", 1); texts[key] == nil {
				t.Errorf("%s: there is no text %s", tag, key)
			}
		}
	}
}

// recordedActions returns the actions of the events that package db records about people.
func recordedActions(t *testing.T) map[string]bool {
	files, err := filepath.Glob("../db/*.go")
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			addActions(declaration, actions)
		}
	}
	delete(actions, "account.deleted") // nobody is left to read it
	return actions
}

// inserted matches an action in a statement that records it.
var inserted = regexp.MustCompile(`INTO audit_events[^;]*?'(\w+\.\w+)'`)

// addActions adds the actions of a declaration: those in statements and, if a function names a person in the log, those of its events
// that concern no tenant.
func addActions(declaration ast.Decl, actions map[string]bool) {
	about, values, events := false, map[string][]string{}, []*ast.CompositeLit{}
	ast.Inspect(declaration, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			about = about || n.Sel.Name == "Pseudonym" || n.Sel.Name == "auditPerson"
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if name, ok := to.(*ast.Ident); ok && i < len(n.Rhs) {
					values[name.Name] = append(values[name.Name], literals(n.Rhs[i], nil)...)
				}
			}
		case *ast.BasicLit:
			for _, match := range inserted.FindAllStringSubmatch(n.Value, -1) {
				actions[match[1]] = true
			}
		case *ast.CompositeLit:
			if name, ok := n.Type.(*ast.Ident); ok && name.Name == "Event" {
				events = append(events, n)
			}
		}
		return true
	})
	for _, event := range events {
		fields := map[string]ast.Expr{"Action": &ast.BasicLit{Kind: token.STRING, Value: `"rate.refused"`}} // recordRefusal sets it
		for _, element := range event.Elts {
			if field, ok := element.(*ast.KeyValueExpr); ok {
				fields[field.Key.(*ast.Ident).Name] = field.Value
			}
		}
		if about && fields["TenantKey"] == nil {
			for _, action := range literals(fields["Action"], values) {
				actions[action] = true
			}
		}
	}
}

// literals returns the text that an expression is, or those that were assigned to its variable.
func literals(e ast.Expr, values map[string][]string) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []string{text}
		}
	case *ast.Ident:
		return values[e.Name]
	}
	return nil
}
