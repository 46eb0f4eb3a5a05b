package direct_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/company-a/aside/graph/direct"
	"github.com/company-a/aside/graph/generated"
)

var schema = generated.NewExecutableSchema(generated.Config{}).Schema()

// TestDirectAnswersLikeGenerated executes thousands of documents with both, each with different data.
func TestDirectAnswersLikeGenerated(t *testing.T) {
	const documents = 3000
	var written, answers int
	for seed := range random(documents) {
		d := seed
		query := writeDocument(&d, schema)
		doc, plans := parse(query, 4<<10)
		if doc == nil {
			continue
		}
		written++
		for range 2 {
			variables := map[string]any{"yes": !d.oneIn(4), "no": d.oneIn(4), "s": pick(&d, "s", "22", "fails"), "i": pick(&d, "1", "22", "fails", "panics")}
			for name, values := range map[string][]any{
				"maybe": {true, false, nil},
				"n":     {int64(4), int64(0), nil, "x", 1e40},
				"o":     {"PINNED_FIRST", "pinned_first", nil},
				"f":     {map[string]any{}, map[string]any{"search": "x", "tag": nil}, nil},
			} {
				if i := len(query) + len(name) + int(seed); i%3 > 0 {
					variables[name] = values[i%len(values)]
				}
			}
			answers += compareWithGenerated(t, fmt.Sprintf("seed %d", seed), doc, doc.Operations[0], plans, variables, d)
		}
	}
	if written < documents*2/3 {
		t.Errorf("only %d of %d documents are valid", written, documents)
	}
	if answers < written*3/4 {
		t.Errorf("of %d documents, asked twice, only %d fields were written directly", written, answers)
	}
}

// A plan is used only for its own operation.
func TestPlansBelongToOneOperation(t *testing.T) {
	doc, plans := parse(`
		query A { ...F notes { pageInfo { hasNextPage } } }
		query B { ...G }
		query C { ...F }
		query D { ...G notes { edges { cursor } } }
		fragment F on Query { notes { edges { cursor @include(if: true) } } viewer { id tenant { id @skip(if: true) name } } }
		fragment G on Query { notes { __typename } viewer { type: __typename } }`, 4<<10)
	if doc == nil {
		t.Fatal("the document is not valid")
	}
	written := 0
	for seed := range random(20) {
		for _, op := range append(doc.Operations, doc.Operations...) {
			written += compareWithGenerated(t, op.Name, doc, op, plans, nil, seed)
		}
	}
	if written == 0 {
		t.Error("no field was written directly")
	}
}

// fuzzed is the maximum length of a fuzzed document: validation takes quadratic time.
const fuzzed = 1 << 10

// FuzzDirectAnswersLikeGenerated looks for a document that the two answer differently.
func FuzzDirectAnswersLikeGenerated(f *testing.F) {
	for seed := range random(100) {
		d := seed
		if query := writeDocument(&d, schema); len(query) < fuzzed {
			f.Add(query, uint64(seed), `{"yes": true, "no": false}`)
		}
	}
	f.Add(`{ notes { edges { node { ...N } } ...C } ...Q } fragment N on Note { id } fragment C on NoteConnection { edges { node { title } } } fragment Q on Query { notes { pageInfo { endCursor } } }`, uint64(1), `null`)
	f.Add(`query ($c: Boolean = true) { viewer { id @skip(if: $c) tenant { ... @include(if: $c) { id } } } }`, uint64(2), `{"c": null}`)
	f.Fuzz(func(t *testing.T, query string, seed uint64, text string) {
		var variables map[string]any
		if len(query) > fuzzed || json.Unmarshal([]byte(text), &variables) != nil {
			return
		}
		if doc, plans := parse(query, 1<<10); doc != nil {
			for _, op := range append(doc.Operations, doc.Operations...) { // the second time with cached plans
				compareWithGenerated(t, query, doc, op, plans, variables, random(seed))
			}
		}
	})
}

// parse parses and validates a document, and returns it with its plans, or nil if it is invalid.
func parse(query string, size int) (*ast.QueryDocument, *direct.Plans) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, 5000)
	if err != nil || len(doc.Operations) == 0 {
		return nil, nil
	}
	allowed := rules.NewDefaultRules()
	allowed.RemoveRule(rules.NoUnusedVariablesRule.Name)
	if len(validator.ValidateWithRules(schema, doc, allowed)) > 0 {
		return nil, nil
	}
	return doc, direct.NewPlans(doc, size)
}

// compareWithGenerated fails unless both give the same response, and returns how many fields were encoded directly.
func compareWithGenerated(t *testing.T, name string, doc *ast.QueryDocument, op *ast.OperationDefinition, plans *direct.Plans, variables map[string]any, of random) int {
	t.Helper()
	values, err := validator.VariableValues(schema, op, variables)
	if err != nil {
		return 0
	}
	slow := newRandomData(&of)
	copied := *slow
	fast := &copied
	var written atomic.Int64
	var below atomic.Bool
	none := (*direct.Encoder)(nil).Begin(plans)
	wanted := execute(slow, doc, op, values, none, none.Middleware)
	parts := direct.NewEncoder(root{randomData: fast}).Begin(plans)
	got := execute(fast, doc, op, values, parts, func(ctx context.Context, next graphql.Resolver) (any, error) {
		value, err := parts.Middleware(ctx, next)
		if _, direct := value.(graphql.Marshaler); direct {
			_, note := value.(generated.Sealing)
			if _, account := value.(generated.AccountSealing); !note && !account {
				written.Add(1)
				if len(graphql.GetPath(ctx)) > 1 {
					below.Store(true)
				}
			}
		}
		return value, err
	})
	if got != wanted || !slices.Equal(slow.calls, fast.calls) {
		t.Fatalf("%s, %v\n%s\nthe generated code answers\n%s\nand called %v; directly\n%s\nand called %v",
			name, values, op.Position.Src.Input, wanted, slow.calls, got, fast.calls)
	}
	if below.Load() {
		t.Fatalf("%s: what is no root field was written directly", name)
	}
	return int(written.Load())
}

// execute returns the whole response with its errors sorted: the generated code appends them in any order.
func execute(w *randomData, doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any, parts *direct.Parts, middleware graphql.FieldMiddleware) (answer string) {
	defer func() {
		if v := recover(); v != nil { // a null variable of a root field that is not nullable
			answer = fmt.Sprint("panics: ", v)
		}
	}()
	recovered := func(_ context.Context, v any) error { return fmt.Errorf("panic: %v", v) }
	run := executor.New(generated.NewExecutableSchema(generated.Config{Resolvers: root{randomData: w}, Directives: generated.DirectiveRoot{Requires: w.requires}}))
	run.SetRecoverFunc(recovered)
	respond, ctx := run.DispatchOperation(context.Background(), &graphql.OperationContext{
		Variables: variables, Doc: doc, Operation: op, RecoverFunc: recovered, ResolverMiddleware: middleware,
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	})
	response := respond(ctx)
	var errs []string
	for _, e := range response.Errors {
		text, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		errs = append(errs, string(text))
	}
	slices.Sort(errs)
	var data bytes.Buffer
	parts.Join(&data, response.Data)
	return fmt.Sprintf("%s\n%s", &data, errs)
}
