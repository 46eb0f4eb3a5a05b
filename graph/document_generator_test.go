package graph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// A documentGenerator generates documents with many kinds of lists and fields, nested, aliased and in fragments, up to the
// limits and the maximum cost. The documents depend only on the seed.
type documentGenerator struct {
	*api
	random *rand.Rand
	kinds  []string          // of principals
	args   map[string]string // by field
	names  int
}

// mayUse reports whether one of the kinds may use a field.
func (m *documentGenerator) mayUse(f *ast.FieldDefinition) bool {
	kinds := namesOf(f.Directives.ForName("requires"))
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(m.kinds, k) })
}

// selection selects some fields of a type, and some of them again under an alias.
func (m *documentGenerator) selection(of string, depth int) string {
	var b strings.Builder
	for _, f := range m.handler.documents.schema.Types[of].Fields {
		if strings.HasPrefix(f.Name, "__") || !m.mayUse(f) || m.random.IntN(4) == 0 {
			continue
		}
		for more := true; more; more = m.random.IntN(5) == 0 {
			b.WriteString(m.field(of, f, depth))
		}
	}
	return b.String()
}

func (m *documentGenerator) field(of string, f *ast.FieldDefinition, depth int) string {
	args, of := m.args[of+"."+f.Name], m.handler.documents.schema.Types[f.Type.Name()].Name
	m.names++
	name := f.Name
	if m.random.IntN(3) == 0 {
		name = "a" + strconv.Itoa(m.names) + ": " + f.Name
	}
	if m.handler.documents.schema.Types[of].Kind != ast.Object {
		return name + args + " "
	}
	if depth == 0 {
		return ""
	}
	inside := m.selection(of, depth-1)
	if inside == "" {
		return ""
	}
	if m.random.IntN(4) == 0 {
		inside = "... on " + of + " { " + inside + "}"
	}
	return name + args + " { " + inside + "} "
}

// document returns a document that is accepted and almost reaches the limits.
func (m *documentGenerator) document() string {
	parts, refused := []string{}, 0
	for refused < 12 {
		roots := m.handler.documents.schema.Types["Query"].Fields
		f := roots[m.random.IntN(len(roots))]
		if strings.HasPrefix(f.Name, "__") || !m.mayUse(f) {
			continue
		}
		m.names++
		part := m.field("Query", f, 1+m.random.IntN(6))
		if part == "" {
			continue
		}
		part = "r" + strconv.Itoa(m.names) + ": " + strings.TrimSpace(part[strings.Index(part, f.Name):])
		if m.accepted(append(parts, part)) {
			parts, refused = append(parts, part), 0
		} else {
			refused++
		}
	}
	return query(parts)
}

func query(parts []string) string { return "{ " + strings.Join(parts, " ") + " }" }

func (m *documentGenerator) accepted(parts []string) bool {
	_, errs := m.handler.prepare(context.Background(), request{Query: query(parts)})
	return len(errs) == 0
}

// An accepted document takes less than 50 ms of processor time and allocates less than 10 MB, for an account, for a widget
// with many notes and for a tenant's backend.
func TestAcceptedDocumentsStayWithinBudget(t *testing.T) {
	a, shop := fullDatabase(t)
	for _, who := range []string{"alice at shop", "alice at paper"} { // her account lists both
		owner := a.viewer(t, who).Owner()
		for i := range 40 {
			if _, err := a.DB.CreateNote(t.Context(), owner, db.NewNote{Title: strings.Repeat("t", 200), Body: strings.Repeat("\"\n", 500), Tags: []string{"a", "b" + strconv.Itoa(i)}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	key := a.ServerKey(t, shop)
	a.principals["the backend"] = &auth.Principal{ServerKey: key}
	to := time.Now().UTC()
	span := fmt.Sprintf(`(from: "%s", to: "%s")`, to.AddDate(0, 0, -398).Format(time.RFC3339), to.Format(time.RFC3339))
	args := map[string]string{
		"Query.tenant": `(id: "` + shop.Key + `")`, "Query.note": `(id: "` + uuid.NewString() + `")`, "Query.notes": `(first: 100)`,
		"Tenant.usage": span, "Tenant.usageByMonth": span, "Tenant.auditLog": `(first: 100)`, "Viewer.securityEvents": `(first: 100)`, "Tenant.auditEvent": `(reference: "` + uuid.NewString() + `")`,
	}
	for i, who := range []string{"alice", "alice at shop", "the backend"} {
		kind := string(principalKind(a.principal(t, who)))
		m := &documentGenerator{api: a, random: rand.New(rand.NewPCG(uint64(i), 11)), kinds: []string{kind}, args: args}
		var dearest measuredCost
		for range 25 {
			document := m.document()
			least := a.measure(t, who, document)
			for range 5 { // the minimum leaves out what else the machine does
				if least.within(usualBudget) {
					break
				}
				least = least.min(a.measure(t, who, document))
			}
			if !least.within(usualBudget) && !least.within(processorBudget(t)) {
				t.Errorf("%s: %v, for %s", kind, least, document)
			}
			if least.size > dearest.size {
				dearest = least
			}
		}
		t.Logf("%s: the dearest of them costs %v", kind, dearest)
	}
}

// A measuredCost is what a request costs the service.
type measuredCost struct {
	time   time.Duration
	size   uint64 // allocated bytes
	answer int
}

func (c measuredCost) within(budget time.Duration) bool {
	return c.time < budget && c.size < 10_000_000
}

func (c measuredCost) min(other measuredCost) measuredCost {
	return measuredCost{min(c.time, other.time), min(c.size, other.size), c.answer}
}

func (a *api) principal(t *testing.T, who string) *auth.Principal {
	if p := a.principals[who]; p != nil {
		return p
	}
	return &auth.Principal{Session: a.viewer(t, who)}
}

// measure sends a document and returns its cost. It fails if the document is refused for its cost.
func (a *api) measure(t *testing.T, who, document string) measuredCost {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": `+strconv.Quote(document)+`}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	w.Body.Grow(16 << 20) // so that recording the response allocates nothing
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := processTime(t)
	a.serveTo(t, w, who, r)
	spent := processTime(t) - began
	runtime.ReadMemStats(&after)
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `"errors"`) {
		t.Fatalf("%s: %d %.300s, for %s", who, w.Code, w.Body, document)
	}
	return measuredCost{spent, after.TotalAlloc - before.TotalAlloc, w.Body.Len()}
}
