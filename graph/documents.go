package graph

import (
	"errors"
	"math"
	"strings"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/company-a/aside/graph/direct"
)

// documentsSize bounds the memory of the documents that are kept, in bytes as estimated.
const documentsSize = 8 << 20

// A document is fit to be executed. It is shared: nobody may change it.
type document struct {
	*ast.QueryDocument
	plans *direct.Plans
}

// documents turns the text of queries into documents that are fit to be executed, and keeps
// those that were asked for last, so that a client's next request saves the work.
type documents struct {
	schema        *ast.Schema
	introspection bool

	mu   sync.Mutex
	kept *simplelru.LRU[string, *document]
	size int
}

func newDocuments(schema *ast.Schema, introspection bool) *documents {
	d := &documents{schema: schema, introspection: introspection}
	kept, err := simplelru.NewLRU(math.MaxInt, func(query string, _ *document) { d.size -= weight(query) })
	if err != nil {
		panic(err) // only for a size below 1
	}
	d.kept = kept
	return d
}

// get parses query, holds it to the limits and validates it. The errors are a refusal or those
// of the parser and the rules.
func (d *documents) get(query string) (*document, gqlerror.List) {
	d.mu.Lock()
	kept, ok := d.kept.Get(query)
	d.mu.Unlock()
	if ok {
		return kept, nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, maxTokens)
	if err != nil {
		return nil, gqlerror.List{parseError(err)}
	}
	if len(doc.Operations) == 0 {
		return nil, gqlerror.List{gqlerror.Errorf("This document has no operation.")}
	}
	if err := checkLimits(doc, d.introspection); err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	if errs := validator.ValidateWithRules(d.schema, doc, documentRules); len(errs) > 0 {
		return nil, errs
	}
	checked := &document{doc, direct.NewPlans(doc, plansWeight(query))}
	d.keep(query, checked)
	return checked, nil
}

func (d *documents) keep(query string, doc *document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if weight(query) > documentsSize || d.kept.Contains(query) {
		return
	}
	d.kept.Add(query, doc)
	for d.size += weight(query); d.size > documentsSize; {
		d.kept.RemoveOldest()
	}
}

// weight is about what a document takes: its text, which the tree points into, a tree of at most
// maxTokens nodes of some 200 bytes, and its plans.
func weight(query string) int {
	return len(query) + 200*min(len(query), maxTokens) + plansWeight(query)
}

// plansWeight is what the plans of a document may take, several times what the widget's do.
func plansWeight(query string) int { return 50 * min(len(query), maxTokens) }

// The parser has no error value for its own limits, only words.
func parseError(err error) *gqlerror.Error {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		return gqlerror.Wrap(err)
	}
	if strings.HasPrefix(e.Message, "exceeded ") {
		return gqlerror.Wrap(tooComplex("A document has at most %d tokens.", maxTokens))
	}
	return e
}

// documentRules are the rules of the specification, silent about what else the schema has.
var documentRules = func() *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return r
}()
