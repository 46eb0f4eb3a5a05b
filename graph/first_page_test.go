package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
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

// firstPage is the first operation that the widget sends, with its fragment.
var firstPage = func() string {
	source, err := os.ReadFile("../widget/src/documents.graphql")
	if err != nil {
		panic(err)
	}
	home, others, _ := strings.Cut(string(source[bytes.Index(source, []byte("query Home")):]), "query Notes")
	return strings.Join(strings.Fields(home+others[strings.Index(others, "fragment N"):]), " ")
}()

// A pageRequest is a request for the first page that can be served repeatedly.
type pageRequest struct {
	handler *handler
	request *http.Request
	body    []byte
	reader  bytes.Reader
}

func newPageRequest(t testing.TB, h *handler, s *db.Session) *pageRequest {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": firstPage, "variables": map[string]any{"filter": map[string]any{}}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json, application/json")
	v := &pageRequest{handler: h, request: r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: s})), body: body}
	w := httptest.NewRecorder()
	v.serve(w)
	if got := w.Body.String(); strings.Contains(got, "errors") || strings.Count(got, `"title"`) != 20 || len(got) < 12_000 {
		t.Fatalf("answered %s", got)
	}
	return v
}

func (v *pageRequest) serve(w http.ResponseWriter) {
	v.reader.Reset(v.body)
	v.request.Body = v
	v.handler.ServeHTTP(w, v.request)
}

func (v *pageRequest) Read(b []byte) (int, error) { return v.reader.Read(b) }
func (v *pageRequest) Close() error               { return nil }

// A discardWriter is a ResponseWriter that discards the response.
type discardWriter http.Header

func (n discardWriter) Header() http.Header         { return http.Header(n) }
func (n discardWriter) Write(b []byte) (int, error) { return len(b), nil }
func (n discardWriter) WriteHeader(int)             {}

const line = "A line of a note, as people write them.\n"

// cachedPage returns a request to a handler with a page in memory, to measure everything except the database.
func cachedPage(t testing.TB) *pageRequest {
	h := newHandlerWithoutDatabase(t, false)
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
	resolvers := cachedResolver{&Resolver{}, &page.Connection{Notes: notes, Next: func() string { return mark.encode(db.PinnedFirst.Position(notes[19])) }, Cursor: func(n *db.Note) string {
		return mark.encode(db.PinnedFirst.Position(n))
	}}}
	h.schema = executableSchema(resolvers)
	h.encoder = direct.NewEncoder(resolvers)
	return newPageRequest(t, h, &db.Session{Kind: db.SessionWidget, DisplayName: "Alice", TenantKey: "t_shop"})
}

type cachedResolver struct {
	*Resolver
	page *page.Connection
}

func (s cachedResolver) Query() generated.QueryResolver {
	return cachedQuery{s.Resolver.Query(), s.page}
}
func (s cachedResolver) Viewer() generated.ViewerResolver { return cachedViewer{s.Resolver.Viewer()} }

type cachedQuery struct {
	generated.QueryResolver
	page *page.Connection
}

func (q cachedQuery) Notes(context.Context, *int, *string, *generated.NoteFilter, *db.NoteOrder) (*page.Connection, error) {
	return q.page, nil
}

type cachedViewer struct{ generated.ViewerResolver }

func (cachedViewer) ID(context.Context, *db.Session) (string, error) { return "u_someone", nil }

// storedPage returns a request to a handler with the page in a database.
func storedPage(t testing.TB) *pageRequest {
	a := start(t)
	for range 20 {
		a.must(t, "alice at shop", `mutation ($body: String!) { createNote(input: {title: "A note", body: $body, tags: ["gifts", "winter"]}) { note { id } } }`,
			map[string]any{"body": strings.Repeat(line, 15)}, nil)
	}
	return newPageRequest(t, a.handler, a.viewer(t, "alice at shop"))
}

// BenchmarkFirstPage reports the processor time of this process too, which other processes affect less.
func BenchmarkFirstPage(b *testing.B) {
	for name, v := range map[string]*pageRequest{"alone": cachedPage(b), "stored": storedPage(b)} {
		for way, h := range map[string]*handler{"direct": v.handler, "generated": withoutDirect(v.handler)} {
			b.Run(name+"/"+way, func(b *testing.B) {
				v.handler = h
				w := discardWriter{}
				b.ReportAllocs()
				before := processorTime(b)
				for b.Loop() {
					v.serve(w)
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
