package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Hostile documents of up to 100 KB take less than 50 ms of processor time and 64 MB each, before and after a sign-in. The
// time is the minimum of several attempts, in this process only, so it leaves out what else the machine does.
func TestHostileDocuments(t *testing.T) {
	a := start(t)
	for range 20 {
		a.must(t, "alice at shop", `mutation { createNote(input: {title: "x", body: "y"}) { note { id } } }`, nil, nil)
	}
	for name, body := range hostileDocuments(t) {
		if len(body) > 100<<10 {
			t.Errorf("%s has %d bytes", name, len(body))
		}
		for _, who := range []string{"nobody", "alice at shop"} {
			cost, size := time.Hour, uint64(1<<62)
			for range 20 {
				r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				began := processTime(t)
				w := a.serve(t, who, r)
				cost = min(cost, processTime(t)-began)
				runtime.ReadMemStats(&after)
				size = min(size, after.TotalAlloc-before.TotalAlloc)
				if w.Code >= 500 {
					t.Errorf("%s, %s: %d %.200s", name, who, w.Code, w.Body)
				}
				if cost < usualBudget && size < 64<<20 {
					break
				}
			}
			if cost >= processorBudget(t) || size >= 64<<20 {
				t.Errorf("%s, %s: %v and %d bytes", name, who, cost, size)
			}
		}
	}
}

// usualBudget is the processor time that a document may take on the machine on which costs were set.
const usualBudget = 50 * time.Millisecond

// processorBudget returns the processor time that a document may take on this machine right now: more than usualBudget if a
// fixed computation takes longer than it did there. So a busy or slow machine does not fail a test of costs.
func processorBudget(t *testing.T) time.Duration {
	t.Helper()
	const usual = 10 * time.Millisecond
	least := time.Hour
	for range 5 {
		began := processTime(t)
		for range 2000 {
			var decoded map[string]any
			if err := json.Unmarshal([]byte(`{"title": "A title", "tags": ["one", "two", "three"], "version": 12, "pinned": true}`), &decoded); err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(decoded); err != nil {
				t.Fatal(err)
			}
		}
		least = min(least, processTime(t)-began)
	}
	return time.Duration(float64(usualBudget) * max(1, float64(least)/float64(usual)))
}

// processTime returns the processor time that this process has used.
func processTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func hostileDocuments(t *testing.T) map[string][]byte {
	t.Helper()
	const room = 90 << 10
	fill := func(s string) string { return strings.Repeat(s, room/len(s)) }
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	doubling := func(n int) string { // each fragment spreads the next one twice
		var b strings.Builder
		b.WriteString("{ viewer { ...F0 } }")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Viewer { ...F%d ...F%d }", i, i+1, i+1)
		}
		fmt.Fprintf(&b, " fragment F%d on Viewer { id }", n)
		return b.String()
	}
	made := map[string][]byte{}
	document := func(name, query string, variables any) {
		body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
		if err != nil {
			t.Fatal(err)
		}
		made[name] = body
	}
	document("a field, again and again", "{ viewer { "+fill("id ")+"} }", nil)
	document("200 of it", "{ viewer { "+strings.Repeat("id ", 200)+"} }", nil)
	document("aliases", "{ "+numbered(4000, "a%d: viewer { id } ")+"}", nil)
	document("30 pages by alias", "{ "+numbered(30, "a%d: notes(first: 100) { edges { node { id } } } ")+"}", nil)
	document("fragments that double", doubling(24), nil)
	document("many fragments that double", doubling(1000), nil)
	document("a cycle", "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }", nil)
	document("nested fields", strings.Repeat("{ notes { edges { node ", 3000)+strings.Repeat("} } }", 3000), nil)
	document("nested lists of a value", `{ note(id: `+strings.Repeat("[", 40000)+strings.Repeat("]", 40000)+`) { id } }`, nil)
	document("nested objects of a value", `{ notes(filter: `+strings.Repeat("{search:", 8000)+`1`+strings.Repeat("}", 8000)+`) { edges { cursor } } }`, nil)
	document("directives", "{ viewer { id "+fill("@skip(if: false) ")+"} }", nil)
	document("inline fragments", "{ viewer { "+strings.Repeat("... { ", 10000)+"id"+strings.Repeat(" }", 10000)+" } }", nil)
	document("operations", numbered(3000, "query Q%d { viewer { id } } "), nil)
	document("variables", "query ("+numbered(4000, "$v%d: ID ")+") { viewer { id } }", nil)
	document("a list of a variable", "query ($t: [String!]!) { __typename }", map[string]any{"t": strings.Split(fill("x ")[:40<<10], " ")})
	document("comments", fill("#\n ")[:60<<10]+"\n"+"{ __typename }", nil)
	document("commas", fill(",")+"{ __typename }", nil)
	document("a long name", "{ "+fill("a")+" }", nil)
	document("a long string", `{ note(id: "`+fill("a")+`") { id } }`, nil)
	document("a block string", `{ note(id: """`+fill("\n ")[:60<<10]+`""") { id } }`, nil)
	document("escapes", `{ note(id: "`+fill(`\u0041`)[:78000]+`") { id } }`, nil)
	document("a long number", `{ notes(first: `+fill("9")+`) { edges { cursor } } }`, nil)
	document("conflicts", "{ "+numbered(40, "viewer { a: id a: displayName ")+strings.Repeat("} ", 40)+"}", nil)
	document("one search for each alias", "{ "+numbered(20, `a%d: notes(first: 100, filter: {search: "x"}) { edges { node { body } } } `)+"}", nil)
	made["JSON in depth"] = []byte(`{"query":"{__typename}","variables":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000) + "}")
	made["JSON lists in depth"] = []byte(`{"query":"{__typename}","extensions":{"a":` + strings.Repeat("[", 40000) + strings.Repeat("]", 40000) + "}}")
	made["JSON keys"] = []byte(`{"query":"{__typename}","variables":{` + strings.TrimSuffix(numbered(9000, `"k%d":1,`), ",") + "}}")
	made["no JSON"] = []byte(fill("[{"))
	return made
}
