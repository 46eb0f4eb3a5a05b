package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/direct"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

// What the widget asks when it opens.
const home = `query Home($after:String,$filter:NoteFilter){viewer{id displayName vouched identity{name email subject}}notes(first:20,after:$after,filter:$filter,orderBy:PINNED_FIRST){edges{node{...N}}pageInfo{hasNextPage endCursor}}}fragment N on Note{id title body tags pinned version updatedAt trashedAt}`

// A visit is the widget's first question, to be asked again and again.
type visit struct {
	handler *handler
	request *http.Request
	body    []byte
	reader  bytes.Reader
}

func visitOf(t testing.TB, h *handler, s *db.Session) *visit {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": home, "variables": map[string]any{"filter": map[string]any{}}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json, application/json")
	v := &visit{handler: h, request: r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: s})), body: body}
	w := httptest.NewRecorder()
	v.ask(w)
	if got := w.Body.String(); strings.Contains(got, "errors") || strings.Count(got, `"title"`) != 20 || len(got) < 12_000 {
		t.Fatalf("answered %s", got)
	}
	return v
}

func (v *visit) ask(w http.ResponseWriter) {
	v.reader.Reset(v.body)
	v.request.Body = v
	v.handler.ServeHTTP(w, v.request)
}

func (v *visit) Read(b []byte) (int, error) { return v.reader.Read(b) }
func (v *visit) Close() error               { return nil }

// A nowhere is a ResponseWriter that keeps nothing.
type nowhere http.Header

func (n nowhere) Header() http.Header         { return http.Header(n) }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

const line = "A line of a note, as people write them.\n"

// shelved is a handler whose page of notes lies ready, to see what all but the database costs.
func shelved(t testing.TB) *visit {
	h := offline(t, false)
	h.trusted.open = true
	at := time.Date(2026, 11, 23, 17, 8, 46, 123456000, time.UTC)
	var notes []*db.Note
	for i := range 20 {
		notes = append(notes, &db.Note{
			ID: uuid.UUID{6: 0x70, 15: byte(i + 1)}, TenantKey: "t_shop", Title: fmt.Sprint("Note ", i), Body: strings.Repeat(line, 15),
			Tags: []string{"gifts", "winter"}, Version: 3, CreatedAt: at, UpdatedAt: at.Add(-time.Duration(i) * time.Hour),
		})
	}
	mark := cursors{key: make([]byte, 32)}.codec("x", db.NotesQuery{})
	resolvers := shelf{&Resolver{}, &page.Connection{Notes: notes, Next: func() string { return mark.encode(db.PinnedFirst.Position(notes[19])) }, Cursor: func(n *db.Note) string {
		return mark.encode(db.PinnedFirst.Position(n))
	}}}
	h.schema = executableSchema(resolvers)
	h.encoder = direct.NewEncoder(resolvers)
	return visitOf(t, h, &db.Session{Kind: db.SessionWidget, DisplayName: "Alice", TenantKey: "t_shop"})
}

type shelf struct {
	*Resolver
	page *page.Connection
}

func (s shelf) Query() generated.QueryResolver   { return shelfQuery{s.Resolver.Query(), s.page} }
func (s shelf) Viewer() generated.ViewerResolver { return shelfViewer{s.Resolver.Viewer()} }

type shelfQuery struct {
	generated.QueryResolver
	page *page.Connection
}

func (q shelfQuery) Notes(context.Context, *int, *string, *generated.NoteFilter, *db.NoteOrder) (*page.Connection, error) {
	return q.page, nil
}

type shelfViewer struct{ generated.ViewerResolver }

func (shelfViewer) ID(context.Context, *db.Session) (string, error) { return "u_someone", nil }

// stored is a handler over a database of its own that holds the page.
func stored(t testing.TB) *visit {
	a := start(t)
	for range 20 {
		a.must(t, "alice at shop", `mutation ($body: String!) { createNote(input: {title: "A note", body: $body, tags: ["gifts", "winter"]}) { note { id } } }`,
			map[string]any{"body": strings.Repeat(line, 15)}, nil)
	}
	return visitOf(t, a.handler, a.viewer(t, "alice at shop"))
}

// BenchmarkHome tells the processor's time apart, which others on the machine do not add to.
func BenchmarkHome(b *testing.B) {
	for name, v := range map[string]*visit{"alone": shelved(b), "stored": stored(b)} {
		for way, h := range map[string]*handler{"direct": v.handler, "generated": generatedAlone(v.handler)} {
			b.Run(name+"/"+way, func(b *testing.B) {
				v.handler = h
				w := nowhere{}
				b.ReportAllocs()
				before := processorTime(b)
				for b.Loop() {
					v.ask(w)
				}
				b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

func processorTime(b *testing.B) int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}
