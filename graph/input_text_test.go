package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// A textInput is an argument or input field that accepts text.
type textInput struct {
	where string // Mutation.createTenant.name, CreateNoteInput.body
	name  string // in the error
	// document returns a document with a value for it. <variables> marks the place for variable definitions.
	document func(value string) string
}

// textInputs returns all text inputs of the schema, below every field that can be reached from a root.
func textInputs(schema *ast.Schema) (all []textInput) {
	seen := map[string]bool{}
	var fields func(wrap func(string) string, d *ast.Definition)
	fields = func(wrap func(string) string, d *ast.Definition) {
		if seen[d.Name] {
			return
		}
		seen[d.Name] = true
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			for _, a := range f.Arguments {
				all = append(all, textInputsOf(schema, d.Name+"."+f.Name+"."+a.Name, a.Name, a.Type, func(value string) string {
					return wrap(f.Name + arguments(schema, f, a.Name, value) + selection(schema, f.Type))
				}, 0)...)
			}
			if inner := schema.Types[f.Type.Name()]; inner.Kind == ast.Object {
				fields(func(s string) string { return wrap(f.Name + arguments(schema, f, "", "") + " { " + s + " }") }, inner)
			}
		}
	}
	for operation, root := range map[string]*ast.Definition{"query": schema.Query, "mutation": schema.Mutation, "subscription": schema.Subscription} {
		fields(func(s string) string { return operation + "<variables> { " + s + " }" }, root)
	}
	return all
}

// textInputsOf returns the text inputs in a value of a type.
func textInputsOf(schema *ast.Schema, where, name string, t *ast.Type, document func(string) string, depth int) (all []textInput) {
	d := schema.Types[t.Name()]
	switch {
	case d.Kind == ast.Scalar && (d.Name == "String" || d.Name == "ID"):
		if t.Elem != nil {
			return []textInput{{where, name, func(value string) string { return document("[" + value + "]") }}}
		}
		return []textInput{{where, name, document}}
	case d.Kind == ast.InputObject && depth < 5:
		for _, f := range d.Fields {
			all = append(all, textInputsOf(schema, d.Name+"."+f.Name, f.Name, f.Type, func(value string) string {
				return document(object(schema, d, f.Name, value))
			}, depth+1)...)
		}
	}
	return all
}

// arguments returns the required arguments of a field, and one argument with a value.
func arguments(schema *ast.Schema, f *ast.FieldDefinition, name, value string) string {
	var list []string
	for _, a := range f.Arguments {
		switch {
		case a.Name == name:
			list = append(list, a.Name+": "+value)
		case a.Type.NonNull && a.DefaultValue == nil:
			list = append(list, a.Name+": "+anyValue(schema, a.Type))
		}
	}
	if list == nil {
		return ""
	}
	return "(" + strings.Join(list, ", ") + ")"
}

func object(schema *ast.Schema, d *ast.Definition, name, value string) string {
	var list []string
	for _, f := range d.Fields {
		switch {
		case f.Name == name:
			list = append(list, f.Name+": "+value)
		case f.Type.NonNull && f.DefaultValue == nil:
			list = append(list, f.Name+": "+anyValue(schema, f.Type))
		}
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// anyValue returns a value of a type.
func anyValue(schema *ast.Schema, t *ast.Type) string {
	switch d := schema.Types[t.Name()]; {
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name
	case d.Kind == ast.InputObject:
		return object(schema, d, "", "")
	case d.Name == "Int":
		return "1"
	case d.Name == "Boolean":
		return "true"
	case d.Name == "Time":
		return `"2026-11-01T00:00:00Z"`
	}
	return `"01a209af-5666-76ca-be5b-605f33074a75"`
}

func selection(schema *ast.Schema, t *ast.Type) string {
	if schema.Types[t.Name()].Kind != ast.Object {
		return ""
	}
	return " { __typename }"
}

// Every text input of the schema refuses invalid text by its name before a resolver is called, in the document and in a
// variable. The resolvers have no database in this test, so they return INTERNAL if they are called. A new argument of the
// schema is tested automatically.
func TestArgumentsRefuseInvalidText(t *testing.T) {
	h := newHandlerWithoutDatabase(t, true)
	inputs := textInputs(h.documents.schema)
	if len(inputs) < 40 {
		t.Fatalf("only %d arguments take text", len(inputs))
	}
	known := map[string]bool{}
	for _, in := range inputs {
		known[in.where] = true
		for _, c := range []struct {
			escaped string // in JSON and in GraphQL
			always  bool   // refused in multiline inputs too
		}{
			{`x\u0000`, true}, {`\u0000`, true}, {`\ud800`, true}, {`x\uDC00y`, true}, {`\ude00\ud83d`, true},
			{`x\u0001`, false}, {`x\ny`, false}, {`\ty`, false}, {`x\u007f`, false}, {`x\u0085`, false}, {`\u001b[2J`, false},
		} {
			asVariable := strings.Replace(in.document("$v"), "<variables>", "($v: "+variableType(h.documents.schema, in)+")", 1)
			for way, body := range map[string]string{
				"in the document": fmt.Sprintf(`{"query": %s}`, encoded(t, strings.Replace(in.document(`"`+c.escaped+`"`), "<variables>", "", 1))),
				"as a variable":   fmt.Sprintf(`{"query": %s, "variables": {"v": "%s"}}`, encoded(t, asVariable), c.escaped),
			} {
				got := send(h, body)
				// An error of a resolver has a path.
				refused := strings.Contains(got, `"code":"BAD_USER_INPUT","field":"`+in.name+`"`) && !strings.Contains(got, `"path":`)
				if want := c.always || !multilineInputs[in.where]; refused != want {
					t.Errorf("%s %s, %s: answered %s", in.where, way, c.escaped, got)
				}
			}
		}
	}
	for where := range multilineInputs {
		if !known[where] {
			t.Errorf("%s takes several lines, but is not there", where)
		}
	}
	// Valid characters are accepted with any escape.
	if got := send(h, `{"query": "{ note(id: \"\\u0061\") { id } }", "variables": {"x": "\ud83d\ude00"}}`); strings.Contains(got, "text") {
		t.Errorf("answered %s", got)
	}
	if got := send(h, "{\"query\": \"{ note(id: \\\"\xff\\\") { id } }\"}"); !strings.Contains(got, `"code":"BAD_USER_INPUT","field":"body"`) {
		t.Errorf("bytes that are no UTF-8: answered %s", got)
	}
}

// variableType returns the type of an input in a validated document.
func variableType(schema *ast.Schema, in textInput) string {
	parts := strings.Split(in.where, ".")
	d := schema.Types[parts[0]]
	f := d.Fields.ForName(parts[1])
	t := f.Type
	if len(parts) == 3 {
		t = f.Arguments.ForName(parts[2]).Type
	}
	if t.Elem != nil {
		return t.Elem.String() // one element is coerced to a list
	}
	return strings.TrimSuffix(t.String(), "!") + "!"
}

func encoded(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func send(h *handler, body string) string {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r = r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: &db.Session{Kind: db.SessionAccount}}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.String()
}

// A client explains a text that is too long in the language of the person, by the reason.
func TestATextThatIsTooLongHasAReason(t *testing.T) {
	withAndWithoutDirect(t, func(t *testing.T, a *api) {
		query := `mutation ($body: String!) { createNote(input: {title: "long", body: $body}) { note { id } } }`
		_, got := a.post(t, "alice at shop", query, map[string]any{"body": strings.Repeat("x", 64<<10+1)})
		if want := `"extensions":{"code":"BAD_USER_INPUT","field":"body","reason":"too_long"}`; !strings.Contains(got, want) {
			t.Errorf("answered %s, want %s", got, want)
		}
	})
}
