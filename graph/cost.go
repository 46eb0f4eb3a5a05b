package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
)

// What an operation may cost. A field costs one, what stands in a list as often as the list is
// long: a full page of 100 notes with everything in it costs about 9,000.
const (
	maxCost           = 10_000
	bodyCost          = 70    // may be 64 KiB: an answer holds no more than 140 of them, 9 MiB
	searchCost        = 5_001 // opens all of an owner's notes: one in an operation
	introspectionCost = 2_000
)

var errCost = tooComplex("This operation asks for too much at once. Ask for shorter pages, or for less in each request.")

// A pricing adds up one operation for the variables it came with.
type pricing struct {
	variables map[string]any
	fragments map[string]int
}

// checkCost says whether a validated operation costs no more than maxCost. Each fragment is
// added up once, and adding up ends where the sum is over the limit.
func checkCost(op *ast.OperationDefinition, variables map[string]any) error {
	p := pricing{variables: variables, fragments: map[string]int{}}
	if p.set(op.SelectionSet) > maxCost {
		return errCost
	}
	return nil
}

func (p pricing) set(set ast.SelectionSet) (sum int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			sum += p.field(s)
		case *ast.InlineFragment:
			sum += p.set(s.SelectionSet)
		case *ast.FragmentSpread:
			sum += p.fragment(s)
		}
		if sum > maxCost {
			return maxCost + 1
		}
	}
	return sum
}

func (p pricing) fragment(s *ast.FragmentSpread) int {
	cost, known := p.fragments[s.Name]
	if !known {
		cost = p.set(s.Definition.SelectionSet)
		p.fragments[s.Name] = cost
	}
	return cost
}

func (p pricing) field(f *ast.Field) int {
	if isIntrospection(f) {
		return introspectionCost
	}
	cost := 1 + p.length(f)*p.set(f.SelectionSet)
	if p.searches(f) {
		cost += searchCost
	}
	if f.Name == "body" {
		cost += bodyCost - 1
	}
	return cost
}

// length is how often what f selects may be answered: its argument "first" where it has one.
// What a resolver would refuse counts as the nearest that it allows.
func (p pricing) length(f *ast.Field) int {
	switch {
	case f.Name == "tenants":
		return db.MaxOwned
	case f.Definition == nil || f.Definition.Arguments.ForName("first") == nil:
		return 1
	}
	first, ok := p.argument(f, "first").(int64)
	if !ok {
		first = p.defaultLength(f)
	}
	return int(min(max(first, 1), db.MaxPage))
}

// defaultLength is how long a list is whose length nobody gave.
func (p pricing) defaultLength(f *ast.Field) int64 {
	if v := f.Definition.Arguments.ForName("first").DefaultValue; v != nil {
		if n, err := v.Value(nil); err == nil {
			if n, ok := n.(int64); ok {
				return n
			}
		}
	}
	return defaultPage
}

// searches reports whether f is a list that is filtered by what is sealed.
func (p pricing) searches(f *ast.Field) bool {
	filter, _ := p.argument(f, "filter").(map[string]any)
	return given(filter["search"]) || given(filter["tag"])
}

func given(v any) bool { return v != nil && v != "" }

func (p pricing) argument(f *ast.Field, name string) any {
	a := f.Arguments.ForName(name)
	if a == nil {
		return nil
	}
	v, err := a.Value.Value(p.variables)
	if err != nil {
		return nil // a number no type holds: the resolver is not reached
	}
	return v
}
