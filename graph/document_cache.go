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

// documentCacheSize is the maximum size of the document cache, in estimated bytes.
const documentCacheSize = 8 << 20

// A document is a parsed and validated document. It is shared and must not be changed.
type document struct {
	*ast.QueryDocument
	plans *direct.Plans
}

// A documentCache parses and validates documents, and caches the most recently used ones.
type documentCache struct {
	schema        *ast.Schema
	introspection bool

	mu      sync.Mutex
	entries *simplelru.LRU[string, *document]
	size    int
}

func newDocumentCache(schema *ast.Schema, introspection bool) *documentCache {
	d := &documentCache{schema: schema, introspection: introspection}
	entries, err := simplelru.NewLRU(math.MaxInt, func(query string, _ *document) { d.size -= estimatedSize(query) })
	if err != nil {
		panic(err) // only if the size is below 1
	}
	d.entries = entries
	return d
}

// get returns the parsed and validated document of query. The errors are an apiError, or those of the parser and the
// validation rules.
func (d *documentCache) get(query string) (*document, gqlerror.List) {
	d.mu.Lock()
	cached, ok := d.entries.Get(query)
	d.mu.Unlock()
	if ok {
		return cached, nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, maxTokens)
	if err != nil {
		return nil, gqlerror.List{parseError(err)}
	}
	if len(doc.Operations) == 0 {
		return nil, gqlerror.List{gqlerror.Errorf("The document has no operation.")}
	}
	if err := checkLimits(doc, d.introspection); err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	if errs := validator.ValidateWithRules(d.schema, doc, documentRules); len(errs) > 0 {
		return nil, errs
	}
	checked := &document{doc, direct.NewPlans(doc, estimatedPlansSize(query))}
	d.add(query, checked)
	return checked, nil
}

func (d *documentCache) add(query string, doc *document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if estimatedSize(query) > documentCacheSize || d.entries.Contains(query) {
		return
	}
	d.entries.Add(query, doc)
	for d.size += estimatedSize(query); d.size > documentCacheSize; {
		d.entries.RemoveOldest()
	}
}

// estimatedSize returns about how many bytes a document takes: its text, a syntax tree of at most maxTokens nodes of
// about 200 bytes, and its plans.
func estimatedSize(query string) int {
	return len(query) + 200*min(len(query), maxTokens) + estimatedPlansSize(query)
}

// estimatedPlansSize returns the limit for the plans of a document: several times what those of the widget take.
func estimatedPlansSize(query string) int { return 50 * min(len(query), maxTokens) }

// parseError converts the parser's error for its token limit, which has no type, to TOO_COMPLEX.
func parseError(err error) *gqlerror.Error {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		return gqlerror.Wrap(err)
	}
	if strings.HasPrefix(e.Message, "exceeded ") {
		return gqlerror.Wrap(tooComplex("A document can have at most %d tokens.", maxTokens))
	}
	return e
}

// documentRules are the validation rules of the specification, without suggestions of other names in the schema.
var documentRules = func() *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return r
}()
