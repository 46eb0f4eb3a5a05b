package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/widget"
)

// An operation is something people do with their notes, as a request to the service and
// to the handwritten server. A request is built when it is sent, since a change depends on
// the answer to the one before.
type operation struct {
	name      string                // the id of its row
	operation string                // of the widget's document
	field     string                // of variables
	variable  func(*person) []byte  // JSON
	path      func(*person) string  // of the yardstick's route
	body      func(*person) []byte  // of it; nil if the path says everything
	answered  func(*person, []byte) // what the person learns
}

// document is the widget's own, by the id that the widget sends in its place. A service that is not open runs no other.
var document = slices.Collect(maps.Keys(widget.Documents()))[0]

func operations() []operation {
	return []operation{
		firstPage(),
		{
			name: "next", operation: "Notes", field: "after", variable: func(p *person) []byte { return quote(p.after) },
			path: func(p *person) string { return "/page?first=20&after=" + url.QueryEscape(p.after) },
		},
		{
			name: "one", operation: "Note", field: "id", variable: func(p *person) []byte { return quote(p.notes[0].String()) },
			path: func(p *person) string { return "/note/" + p.notes[0].String() },
		},
		{
			name: "create", operation: "Create", field: "input", variable: newNote,
			path: func(*person) string { return "/create" }, body: newNote,
		},
		{
			name: "update", operation: "Update", field: "input", variable: changedNote,
			path: func(p *person) string { return "/update/" + p.draft.String() }, body: changedNote,
			answered: func(p *person, _ []byte) { p.version++ },
		},
		{
			name: "search", operation: "Notes", field: "filter", variable: func(*person) []byte { return []byte(`{"search":"` + rareWord + `"}`) },
			path: func(*person) string { return "/page?first=20&search=" + rareWord },
		},
	}
}

func firstPage() operation {
	return operation{
		name: "first", operation: "Notes",
		path: func(*person) string { return "/page?first=20" },
	}
}

// graphQL is the request's body.
func (o operation) graphQL(p *person) []byte {
	b := append(append(make([]byte, 0, 1024), `{"documentId":"`+document+`","operationName":"`...), o.operation...)
	b = append(b, `","variables":{`...)
	if o.variable != nil {
		b = append(append(append(b, '"'), o.field...), `":`...)
		b = append(b, o.variable(p)...)
	}
	return append(b, `}}`...)
}

// Both read the same input.
func newNote(*person) []byte {
	id := uuid.Must(uuid.NewV7())
	n := note(int(id[15]), int(id[14])) // any text will do
	return fmt.Appendf(nil, `{"id":"%s","title":"%s","body":"%s"}`, id, n.Title, n.Body)
}

func changedNote(p *person) []byte {
	n := note(p.version, int(p.id[15]))
	return fmt.Appendf(nil, `{"id":"%s","version":%d,"body":"%s %s"}`, p.draft, p.version, n.Body, strconv.FormatInt(time.Now().UnixNano(), 36))
}

func quote(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string has its JSON
	}
	return b
}

var errorsFirst = []byte(`{"data":{"`)

// isAnswer reports whether an answer has data and no errors, which would come before the data.
func isAnswer(status int, body []byte) bool {
	return status == http.StatusOK && bytes.HasPrefix(body, errorsFirst) && !bytes.Contains(body[:min(len(body), 64)], []byte("null"))
}
