package graph

import (
	"cmp"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/scalar"
)

// The maximum cost of an operation, and what its parts cost. A field costs one, and a field in a list as many times as
// the list may be long: a page of 100 notes with all their fields costs about 6,000. A field with a long value costs one per
// KB of memory.
const (
	maxCost           = 10_000
	openCost          = 70    // decrypts a note of up to 64 KiB, even if no field of it is selected
	versionCost       = 140   // decrypts an earlier version, and holds it twice in memory
	bodyCost          = 420   // a body in the response: its escapes can make it six times as long
	sealedCost        = 180   // as much more as the longest text that a device has encrypted; with one, there is no body
	searchCost        = 5_001 // decrypts as much as a page of a search may: one per operation
	introspectionCost = 2_000
	elementCost       = 2     // an element of a list that the generated code writes, plus its fields
	queryCost         = 50    // a database query: 200 per operation
	mutationCost      = 200   // a mutation, which waits for the disk
	assertionCost     = 5_001 // decrypts, verifies, and may fetch a tenant's key set: one per operation
)

var errCost = tooComplex("This operation asks for too much at once. Ask for shorter pages or fewer fields.")

// A costCounter adds up the cost of one operation with its variables.
type costCounter struct {
	variables map[string]any
	fragments map[string]cost
}

// A cost is the cost of a selection: of bodies and sealed texts, because a list has only few that are long, and of the rest.
type cost struct{ rest, bodies, sealed int }

func (c cost) sum() int { return c.rest + c.bodies + c.sealed }

// longNotes is the maximum number of notes of the maximum size on a page.
const longNotes = db.MaxPageText/(64<<10) + 1

// checkCost returns TOO_COMPLEX if a validated operation costs more than maxCost. It adds up each fragment once, and
// stops when the sum exceeds maxCost.
func checkCost(op *ast.OperationDefinition, variables map[string]any) error {
	c := costCounter{variables: variables, fragments: map[string]cost{}}
	if c.set(op.SelectionSet).sum() > maxCost {
		return errCost
	}
	return nil
}

func (c costCounter) set(set ast.SelectionSet) (all cost) {
	for _, s := range set {
		var part cost
		switch s := s.(type) {
		case *ast.Field:
			part = c.field(s)
		case *ast.InlineFragment:
			part = c.set(s.SelectionSet)
		case *ast.FragmentSpread:
			part = c.fragment(s)
		}
		if all = (cost{all.rest + part.rest, all.bodies + part.bodies, all.sealed + part.sealed}); all.sum() > maxCost {
			return cost{rest: maxCost + 1}
		}
	}
	return all
}

func (c costCounter) fragment(s *ast.FragmentSpread) cost {
	all, known := c.fragments[s.Name]
	if !known {
		all = c.set(s.Definition.SelectionSet)
		c.fragments[s.Name] = all
	}
	return all
}

func (c costCounter) field(f *ast.Field) cost {
	if isIntrospection(f) {
		return cost{rest: introspectionCost}
	}
	name := ""
	if f.ObjectDefinition != nil {
		name = f.ObjectDefinition.Name + "." + f.Name
	}
	length := c.length(f, name)
	each := c.set(f.SelectionSet)
	if length > 1 && len(f.SelectionSet) > 0 && f.ObjectDefinition.Name != "Query" { // package direct writes notes
		each.rest += elementCost + elementCosts[name]
	}
	long := min(length, longNotes)
	all := cost{1 + fieldCosts[name] + length*each.rest, long * each.bodies, long * each.sealed}
	if len(f.SelectionSet) == 0 {
		all.rest += length - 1 // a list of strings
	}
	if name == "Tenant.auditLog" || name == "Viewer.securityEvents" {
		all.rest += 4 * max(0, length-defaultAuditPage) // its strings are long
	}
	if f.ObjectDefinition != nil && f.ObjectDefinition.Name == "Mutation" {
		all.rest += mutationCost
	}
	switch {
	case c.searches(f):
		all.rest += searchCost
		all.sealed = 0 // the server searches no note that a device has encrypted
	case name == "Query.notes":
		all.rest += openCost * long
	case name == "Note.history":
		all.rest += versionCost * length
	case name == "Note.body", name == "NoteVersion.body":
		all.bodies += bodyCost
	case name == "Note.sealed", name == "NoteVersion.sealed":
		all.sealed += sealedCost
	}
	return all
}

// fieldCosts holds what fields cost in addition to what is selected below them.
var fieldCosts = map[string]int{
	"Query.note": openCost + 10, "Query.notes": 10, "Query.tenant": queryCost, "Query.invitation": queryCost, "Viewer.passkeys": queryCost, "Viewer.onlyOnePasskey": queryCost, "Viewer.sessions": queryCost, "Viewer.identities": queryCost,
	"Viewer.recoveryCodesLeft": queryCost, "Viewer.keyWraps": queryCost, "Viewer.tenants": queryCost, "Viewer.identity": queryCost, "Membership.tenant": queryCost, "AuditEvent.detail": 2,
	"Tenant.assertionKeys": queryCost, "Tenant.serverKeys": queryCost, "Tenant.members": queryCost, "Tenant.invitations": queryCost, "Tenant.usage": queryCost,
	"Tenant.webhooks": queryCost, "Tenant.deliveries": queryCost,
	"Tenant.usageByMonth": queryCost, "Tenant.auditLog": queryCost, "Viewer.securityEvents": queryCost, "Viewer.consents": queryCost,
	"Note.history": queryCost, "Mutation.restoreVersion": queryCost + versionCost*db.MaxVersions, // it opens all of them
	"Mutation.testAssertion": assertionCost, "Mutation.addAssertionKey": assertionCost, "Mutation.checkInstallation": assertionCost, "Tenant.auditEvent": queryCost, "Tenant.lastSeen": queryCost,
}

// elementCosts holds what each element of a list costs in addition to elementCost and its fields, as measured.
var elementCosts = map[string]int{"Viewer.sessions": 20, "Tenant.usage": 1, "Viewer.tenants": 8}

// listLengths holds the maximum lengths of lists that have no argument "first". Package db enforces them.
var listLengths = map[string]int{
	"Viewer.passkeys": db.MaxPasskeys, "Viewer.keyWraps": db.MaxPasskeys, "Viewer.sessions": db.MaxSessions, "Viewer.identities": db.MaxIdentities, "Viewer.tenants": db.MaxMemberships, "Viewer.consents": db.MaxConsents,
	"Tenant.embedOrigins": db.MaxEmbedOrigins, "Tenant.assertionKeys": db.MaxAssertionKeys, "Tenant.serverKeys": db.MaxServerKeys, "Tenant.members": db.MaxMembers, "Tenant.invitations": db.MaxInvitations, "Tenant.lastSeen": db.MaxSightings,
	"Tenant.webhooks": db.MaxWebhooks, "Webhook.events": len(db.WebhookEvents),
	"Note.tags": 1, "NoteVersion.tags": 1, "AssertionReport.checks": 20, "InstallationReport.checks": 5, "Mutation.regenerateRecoveryCodes": 10, "Mutation.convertNotes": db.MaxConverted, "Mutation.importNotes": db.MaxImported,
	"NoteConnection.edges": 1, "AuditConnection.edges": 1, // the length of the page counts
}

// maxLengths holds the maximum lengths of lists that cannot be as long as their argument "first" allows.
var maxLengths = map[string]int64{"Note.history": db.MaxVersions}

// unknownLength is the assumed length of a list that is not in listLengths.
const unknownLength = 100

// length returns how many elements f may return: its argument "first", the number of its periods, or the maximum length of
// its list. A value that the resolver refuses counts as the nearest one that it accepts.
func (c costCounter) length(f *ast.Field, name string) int {
	switch {
	case f.Definition == nil:
		return 1
	case f.Definition.Arguments.ForName("first") != nil:
	case f.Definition.Type.Elem == nil:
		return 1
	case f.Definition.Arguments.ForName("from") != nil && f.Definition.Arguments.ForName("to") != nil:
		return c.periods(f)
	default:
		if n, known := listLengths[name]; known {
			return n
		}
		return unknownLength
	}
	first, ok := c.argument(f, "first").(int64)
	if !ok {
		first = c.defaultLength(f)
	}
	return int(min(max(first, 1), cmp.Or(maxLengths[name], db.MaxPage)))
}

// periods returns how many days or months the arguments "from" and "to" cover, or the maximum if they are invalid.
func (c costCounter) periods(f *ast.Field) int {
	from, fromErr := scalar.UnmarshalTime(c.argument(f, "from"))
	to, toErr := scalar.UnmarshalTime(c.argument(f, "to"))
	if fromErr != nil || toErr != nil {
		return db.MaxUsagePeriods
	}
	period := 24 * time.Hour
	if f.Name == "usageByMonth" {
		period *= 28
	}
	return int(min(max(to.Sub(from)/period, 0)+2, db.MaxUsagePeriods))
}

// defaultLength returns the length of a list without a value for "first".
func (c costCounter) defaultLength(f *ast.Field) int64 {
	if v := f.Definition.Arguments.ForName("first").DefaultValue; v != nil {
		if n, err := v.Value(nil); err == nil {
			if n, ok := n.(int64); ok {
				return n
			}
		}
	}
	return defaultPage
}

// searches reports whether f is a list with a filter on sealed columns.
func (c costCounter) searches(f *ast.Field) bool {
	filter, _ := c.argument(f, "filter").(map[string]any)
	return isGiven(filter["search"]) || isGiven(filter["tag"])
}

func isGiven(v any) bool { return v != nil && v != "" }

func (c costCounter) argument(f *ast.Field, name string) any {
	a := f.Arguments.ForName(name)
	if a == nil {
		return nil
	}
	v, err := a.Value.Value(c.variables)
	if err != nil {
		return nil // a number out of range: the resolver is not called
	}
	return v
}
