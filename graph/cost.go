package graph

import (
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/scalar"
)

// What an operation may cost. A field costs one, what stands in a list as often as the list is
// long: a full page of 100 notes with everything in it costs about 9,000.
const (
	maxCost           = 10_000
	bodyCost          = 70    // may be 64 KiB: an answer holds no more than 140 of them, 9 MiB
	searchCost        = 5_001 // opens all of an owner's notes: one in an operation
	introspectionCost = 2_000
	elementCost       = 2     // of a list that the generated code writes, besides what is selected of each
	askingCost        = 50    // asks the database: two hundred times in an operation
	changeCost        = 200   // of a mutation: waits for a disk
	assertionCost     = 5_001 // decrypts, verifies, may ask a tenant's server: one in an operation
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
	name := ""
	if f.ObjectDefinition != nil {
		name = f.ObjectDefinition.Name + "." + f.Name
	}
	length := p.length(f, name)
	each := p.set(f.SelectionSet)
	if length > 1 && len(f.SelectionSet) > 0 && f.ObjectDefinition.Name != "Query" { // notes are written without the generated code
		each += elementCost + elements[name]
	}
	cost := 1 + prices[name] + length*each
	if len(f.SelectionSet) == 0 {
		cost += length - 1 // texts
	}
	if name == "Tenant.auditLog" {
		cost += 4 * max(0, length-defaultLogPage) // its texts are long
	}
	if f.ObjectDefinition != nil && f.ObjectDefinition.Name == "Mutation" {
		cost += changeCost
	}
	if p.searches(f) {
		cost += searchCost
	}
	if f.Name == "body" {
		cost += bodyCost - 1
	}
	return cost
}

// prices are what fields cost besides what they select.
var prices = map[string]int{
	"Query.tenant": askingCost, "Query.invitation": askingCost, "Viewer.passkeys": askingCost, "Viewer.sessions": askingCost, "Viewer.identities": askingCost,
	"Viewer.recoveryCodesLeft": askingCost, "Viewer.tenants": askingCost, "Viewer.identity": askingCost, "Membership.tenant": askingCost / 2, "AuditEvent.detail": 1,
	"Tenant.assertionKeys": askingCost, "Tenant.serverKeys": askingCost, "Tenant.members": askingCost, "Tenant.usage": askingCost,
	"Tenant.usageByMonth": askingCost, "Tenant.auditLog": askingCost,
	"Mutation.testAssertion": assertionCost,
}

// elements are what each element of a list costs besides elementCost and what is selected of it: as measured.
var elements = map[string]int{"Viewer.sessions": 6, "Viewer.tenants": 8}

// lengths are the bounds of lists that have no argument "first": what stores them keeps to these.
var lengths = map[string]int{
	"Viewer.passkeys": db.MaxPasskeys, "Viewer.sessions": db.MaxSessions, "Viewer.identities": db.MaxIdentities, "Viewer.tenants": db.MaxMemberships,
	"Tenant.embedOrigins": db.MaxEmbedOrigins, "Tenant.assertionKeys": db.MaxAssertionKeys, "Tenant.serverKeys": db.MaxServerKeys, "Tenant.members": db.MaxMembers,
	"Note.tags": 1, "AssertionReport.checks": 20, "Mutation.regenerateRecoveryCodes": 10,
	"NoteConnection.edges": 1, "AuditConnection.edges": 1, // as long as the page that they are of
}

// unknownLength is taken for a list that lengths lacks.
const unknownLength = 100

// length is how often what f selects may be answered: its argument "first" where it has one, its span where
// it is of periods. What a resolver would refuse counts as the nearest that it allows.
func (p pricing) length(f *ast.Field, name string) int {
	switch {
	case f.Definition == nil:
		return 1
	case f.Definition.Arguments.ForName("first") != nil:
	case f.Definition.Type.Elem == nil:
		return 1
	case f.Definition.Arguments.ForName("from") != nil && f.Definition.Arguments.ForName("to") != nil:
		return p.span(f)
	default:
		if n, known := lengths[name]; known {
			return n
		}
		return unknownLength
	}
	first, ok := p.argument(f, "first").(int64)
	if !ok {
		first = p.defaultLength(f)
	}
	return int(min(max(first, 1), db.MaxPage))
}

// span is how many days or months lie between the arguments "from" and "to", as many as there may be where
// nobody can say.
func (p pricing) span(f *ast.Field) int {
	from, fromErr := scalar.UnmarshalTime(p.argument(f, "from"))
	to, toErr := scalar.UnmarshalTime(p.argument(f, "to"))
	if fromErr != nil || toErr != nil {
		return db.MaxUsagePeriods
	}
	period := 24 * time.Hour
	if f.Name == "usageByMonth" {
		period *= 28
	}
	return int(min(max(to.Sub(from)/period, 0)+2, db.MaxUsagePeriods))
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
