package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/direct"
)

// An answerer writes the one answer to a request in the media type that was negotiated.
type answerer struct {
	w     http.ResponseWriter
	media string // "" for none that would do
}

// requestErrorStatus is the status of a well-formed request that is not executed (GraphQL over
// HTTP, "Status codes": 200 for application/json, where it is not told from a proxy's).
func (a answerer) requestErrorStatus() int {
	if a.media == mediaGraphQLResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// turnAway answers a request that is not a GraphQL request.
func (a answerer) turnAway(status int, message string) {
	e := &gqlerror.Error{}
	refuse(e, BadUserInput, "request", message)
	a.refuse(status, e)
}

// busy answers a request of a session that has enough of them under way.
func (a answerer) busy() {
	e := &gqlerror.Error{}
	refuse(e, RateLimited, "", "Too many requests of this session are under way. Wait for their answers.")
	a.w.Header().Set("Retry-After", "1")
	a.refuse(http.StatusTooManyRequests, e)
}

// full answers who asks for a stream of a node that has as many as it may. Others may have room, and
// theirs end all the time.
func (a answerer) full() {
	e := &gqlerror.Error{}
	refuse(e, RateLimited, "", "Changes are followed by as many as can be just now. Read what is there, and try again in a moment.")
	a.w.Header().Set("Retry-After", "10")
	a.refuse(http.StatusServiceUnavailable, e)
}

// refuse answers a request that is not executed: with errors and without data.
func (a answerer) refuse(status int, errs ...*gqlerror.Error) {
	a.write(status, errs, nil, nil)
}

// execute answers with what an execution gave. One that met a proof that was used before, or a
// session that has ended since it was recognized, has given and changed nothing from there on:
// it is answered with the challenge of RFC 9449 §7.1, as it would have been before.
func (a answerer) execute(r *graphql.Response, parts *direct.Parts) {
	for _, e := range r.Errors {
		switch {
		case errors.Is(e, db.ErrSpent):
			a.challenge("invalid_dpop_proof", r.Errors)
			return
		case db.IsCode(e, db.CodeBusy):
			a.w.Header().Set("Retry-After", "1")
			a.refuse(http.StatusServiceUnavailable, r.Errors...)
			return
		case db.IsCode(e, db.CodeRateLimited):
			a.later(e)
			a.refuse(http.StatusTooManyRequests, r.Errors...)
			return
		case errors.Is(e, db.ErrNoSession):
			a.challenge("invalid_token", r.Errors)
			return
		}
	}
	a.write(http.StatusOK, r.Errors, r.Data, parts)
}

// later tells when to come back, in whole seconds and never too early.
func (a answerer) later(err error) {
	var e *db.Error
	if errors.As(err, &e) {
		a.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.Wait.Seconds()))))
	}
}

// answered reports whether an execution with these errors is answered, and not turned away.
func answered(errs gqlerror.List) bool {
	for _, e := range errs {
		if errors.Is(e, db.ErrSpent) || db.IsCode(e, db.CodeBusy) || errors.Is(e, db.ErrNoSession) || db.IsCode(e, db.CodeRateLimited) {
			return false
		}
	}
	return true
}

func (a answerer) challenge(code string, errs gqlerror.List) {
	a.w.Header().Set("WWW-Authenticate", `DPoP error="`+code+`", algs="ES256"`)
	a.refuse(http.StatusUnauthorized, errs...)
}

// buffers hold answers while they are put together. The largest are left to the collector.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const maxBuffer = 64 << 10

// write writes errors first, as they are what is looked for where there are any. data, if there
// is any, is JSON already, but for the gaps that parts fill: encoding it again would only check
// that.
func (a answerer) write(status int, errs gqlerror.List, data []byte, parts *direct.Parts) {
	body, _ := buffers.Get().(*bytes.Buffer) // it holds nothing else
	body.Reset()
	body.WriteByte('{')
	if len(errs) > 0 {
		encoded, err := json.Marshal(errs)
		if err != nil {
			panic(err) // errors are made of strings, numbers and a note's columns
		}
		body.WriteString(`"errors":`)
		body.Write(encoded)
		if data != nil {
			body.WriteByte(',')
		}
	}
	if data != nil {
		body.WriteString(`"data":`)
		parts.Join(body, data)
	}
	body.WriteByte('}')
	if a.media == "" {
		a.media = mediaJSON
	}
	header := a.w.Header()
	header.Set("Content-Type", a.media+"; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(body.Len())) // a longer one would come in chunks
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body.Bytes())
	if body.Cap() <= maxBuffer {
		buffers.Put(body)
	}
}
