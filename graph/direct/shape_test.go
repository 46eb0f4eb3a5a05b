package direct

import (
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/company-a/aside/graph/generated"
)

var schema = generated.NewExecutableSchema(generated.Config{}).Schema()

// A shape has exactly the fields of its type, except that Viewer may have more.
func TestShapesFitTheSchema(t *testing.T) {
	checkShape(t, &noteShape, true)
	checkShape(t, &connectionShape, true)
	checkShape(t, &edgeShape, true)
	checkShape(t, &pageInfoShape, true)
	checkShape(t, &noteContextShape, true)
	checkShape(t, &payloadShape, true)
	checkShape(t, &deletedShape, true)
	checkShape(t, &tenantCardShape, true)
	checkShape(t, &identityShape, true)
	checkShape(t, &versionShape, true)
	checkShape(t, &viewerShape, false)
}

func checkShape[T any](t *testing.T, s *shape[T], whole bool) {
	t.Helper()
	fields := schema.Types[s.name].Fields
	for name := range s.fields {
		if fields.ForName(name) == nil {
			t.Errorf("%s has no %s", s.name, name)
		}
	}
	for _, f := range fields {
		if whole && s.fields[f.Name] == nil {
			t.Errorf("%s.%s is not known", s.name, f.Name)
		}
	}
}

// newPlans returns the plans of a document, and a function that returns the plan of its only root field.
func newPlans(t *testing.T, query string, size int) (*Plans, func(variables map[string]any) plan) {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	if errs := validator.ValidateWithRules(schema, doc, rules.NewDefaultRules()); len(errs) > 0 {
		t.Fatal(errs)
	}
	p := NewPlans(doc, size)
	return p, func(variables map[string]any) plan {
		operation := &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0], Variables: variables}
		return p.get(operation, graphql.CollectFields(operation, doc.Operations[0].SelectionSet, []string{"Query"})[0])
	}
}

func TestPlansAreCached(t *testing.T) {
	p, of := newPlans(t, `{ viewer { id @skip(if: false) ... @include(if: true) { displayName } } }`, 8<<10)
	for range 3 {
		if of(nil) == nil {
			t.Fatal("no plan")
		}
	}
	if len(p.cached) != 1 {
		t.Errorf("%d plans are cached for one root field", len(p.cached))
	}
}

func TestPlansStayWithinTheirSize(t *testing.T) {
	const size = 4 << 10
	p, of := newPlans(t, `{ viewer { id `+numbered(100, "v%d: displayName ")+`} }`, size)
	for range 3 {
		if of(nil) == nil {
			t.Fatal("no plan")
		}
	}
	if p.free != size || len(p.cached) != 0 {
		t.Errorf("%d plans of %d bytes are cached", len(p.cached), size-p.free)
	}
	p, of = newPlans(t, `{ viewer { id `+numbered(10, "v%d: displayName ")+`} }`, size)
	if of(nil) == nil || len(p.cached) != 1 || p.free < 0 || p.free > size-10*selectedFieldSize {
		t.Errorf("%d plans of %d bytes are cached", len(p.cached), size-p.free)
	}
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// The variables of another request would select other fields.
func TestConditionalDocumentsHaveNoPlans(t *testing.T) {
	for _, query := range []string{
		`query ($c: Boolean!) { viewer { id @skip(if: $c) } }`,
		`query ($c: Boolean!) { viewer { ... @include(if: $c) { id } } }`,
		`query ($c: Boolean!) { viewer { ...F @include(if: $c) } } fragment F on Viewer { id }`,
		`query ($c: Boolean!) { viewer { ...F } } fragment F on Viewer { tenant { id @include(if: $c) } }`,
	} {
		if _, of := newPlans(t, query, 8<<10); of(map[string]any{"c": true}) != nil {
			t.Errorf("%s has a plan", query)
		}
	}
}

// The generated code encodes unknown fields, and fields with directives or arguments.
func TestUnknownFieldsHaveNoPlan(t *testing.T) {
	_, of := newPlans(t, `{ viewer { id } }`, 0)
	if of(nil) == nil {
		t.Error("there is no plan where no size is left to keep it")
	}
	_, of = newPlans(t, `{ __schema { queryType { name } } }`, 8<<10)
	if of(nil) != nil {
		t.Error("introspection has a plan")
	}
	id := schema.Types["Viewer"].Fields.ForName("id")
	for name, change := range map[string]func(){
		"a directive": func() { id.Directives = ast.DirectiveList{{Name: "requires"}} },
		"an argument": func() { id.Arguments = ast.ArgumentDefinitionList{{Name: "of"}} },
	} {
		before := *id
		_, of := newPlans(t, `{ viewer { id } }`, 8<<10)
		change()
		if of(nil) != nil {
			t.Errorf("a field with %s has a plan", name)
		}
		*id = before
	}
}
