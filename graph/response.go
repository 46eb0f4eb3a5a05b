package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/direct"
	"github.com/company-a/aside/internal/mediatype"
)

// mediaGraphQLResponse is the media type with which a request that fails before execution has status 400. With
// application/json, it still has status 200 (GraphQL over HTTP, "Status codes").
const mediaGraphQLResponse = "application/graphql-response+json"

// negotiate returns the media type of the response to r, or "" if r accepts neither (RFC 9110 §12.5.1). If r accepts
// both equally, it is application/graphql-response+json if r names that, and application/json otherwise.
func negotiate(r *http.Request) string {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return mediatype.JSON
	}
	json, response := mediatype.PreferenceFor(accept, mediatype.JSON), mediatype.PreferenceFor(accept, mediaGraphQLResponse)
	switch {
	case json.Quality == 0 && response.Quality == 0:
		return ""
	case response.Quality > json.Quality:
		return mediaGraphQLResponse
	case response.Quality == json.Quality && response.Named:
		return mediaGraphQLResponse
	}
	return mediatype.JSON
}

// A responder writes the response to one request in the negotiated media type.
type responder struct {
	w     http.ResponseWriter
	media string // "" if the request accepts none of ours

	presenter *presenter
}

// requestErrorStatus is the status of a well-formed request that fails before execution. It is 200 for application/json,
// because a client cannot tell other statuses from those of a proxy (GraphQL over HTTP, "Status codes").
func (r responder) requestErrorStatus() int {
	if r.media == mediaGraphQLResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// reject responds to a request that is not a GraphQL request.
func (r responder) reject(status int, message string) {
	e := &gqlerror.Error{}
	setError(e, BadUserInput, "request", message)
	r.writeErrors(status, e)
}

// tooManyRequests responds to a request of a session that has maxSessionOperations running, or of such a person.
func (r responder) tooManyRequests() {
	e := &gqlerror.Error{}
	setError(e, RateLimited, "", "This session has too many requests running. Wait for their responses.")
	r.w.Header().Set("Retry-After", "1")
	r.writeErrors(http.StatusTooManyRequests, e)
}

// tooManyStreams responds to a subscription when the node has no free stream. Another node may have one, and streams
// end all the time.
func (r responder) tooManyStreams() {
	e := &gqlerror.Error{}
	setError(e, RateLimited, "", "This server has no free stream. Read the notes now, and subscribe again in a moment.")
	r.w.Header().Set("Retry-After", "10")
	r.writeErrors(http.StatusServiceUnavailable, e)
}

// writeErrors responds to a request that fails before execution: with errors and without data.
func (r responder) writeErrors(status int, errs ...*gqlerror.Error) {
	r.write(status, errs, nil, nil)
}

// rejection returns the error for which the response to an executed operation has a status other than 200, or nil. Such
// an operation changed nothing after that error.
func rejection(errs gqlerror.List) error {
	for _, e := range errs {
		if errors.Is(e, db.ErrProofUsed) || errors.Is(e, db.ErrNoSession) || db.IsCode(e, db.CodeBusy) || db.IsCode(e, db.CodeRateLimited) {
			return e
		}
	}
	return nil
}

// writeResult responds with the result of an execution. A proof that was used before, or a session that ended after it
// was recognized, gets the challenge of RFC 9449 §7.1, as it would have before the execution.
func (r responder) writeResult(result *graphql.Response, parts *direct.Parts) {
	switch e := rejection(result.Errors); {
	case e == nil:
		r.write(http.StatusOK, result.Errors, result.Data, parts)
	case errors.Is(e, db.ErrProofUsed):
		r.challenge("invalid_dpop_proof", result.Errors)
	case errors.Is(e, db.ErrNoSession):
		r.challenge("invalid_token", result.Errors)
	case db.IsCode(e, db.CodeBusy):
		r.w.Header().Set("Retry-After", "1")
		r.writeErrors(http.StatusServiceUnavailable, result.Errors...)
	default:
		r.setRetryAfter(e)
		r.writeErrors(http.StatusTooManyRequests, result.Errors...)
	}
}

// setRetryAfter sets Retry-After to the wait of a db.Error, rounded up to seconds.
func (r responder) setRetryAfter(err error) {
	var e *db.Error
	if errors.As(err, &e) {
		r.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.Wait.Seconds()))))
	}
}

func (r responder) challenge(code string, errs gqlerror.List) {
	r.w.Header().Set("WWW-Authenticate", `DPoP error="`+code+`", algs="ES256"`)
	r.writeErrors(http.StatusUnauthorized, errs...)
}

// buffers holds the buffers in which responses are written. Buffers larger than maxBuffer are not kept.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const maxBuffer = 64 << 10

// write writes the response. Errors come before data, so that a reader finds them first. data is JSON already, with
// gaps for parts; encoding it again would only validate it.
func (r responder) write(status int, errs gqlerror.List, data []byte, parts *direct.Parts) {
	body, _ := buffers.Get().(*bytes.Buffer) // holds nothing else
	body.Reset()
	body.WriteByte('{')
	if len(errs) > 0 {
		encoded, err := json.Marshal(errs)
		if err != nil {
			panic(err) // errors hold only strings, numbers and a note's columns
		}
		body.WriteString(`"errors":`)
		body.Write(encoded)
		if data != nil {
			body.WriteByte(',')
		}
	}
	size := body.Len() + len("}")
	if data != nil {
		body.WriteString(`"data":`)
		size = body.Len() + len(data) + parts.Size() + len("}")
	}
	if r.media == "" {
		r.media = mediatype.JSON
	}
	header := r.w.Header()
	header.Set("Content-Type", r.media+"; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(size)) // else a long body would be chunked
	r.w.WriteHeader(status)
	if data != nil && size > maxBuffer { // a large response is not copied
		_, _ = r.w.Write(body.Bytes())
		parts.Join(r.w, data)
		_, _ = r.w.Write([]byte{'}'})
	} else {
		if data != nil {
			parts.Join(body, data)
		}
		body.WriteByte('}')
		_, _ = r.w.Write(body.Bytes())
	}
	if body.Cap() <= maxBuffer {
		buffers.Put(body)
	}
}

// rejectStream responds to a subscription that cannot start, with a status that says why: an SSE client reads no body.
func (r responder) rejectStream(errs gqlerror.List) {
	status := http.StatusInternalServerError
	switch errs[0].Extensions["code"] {
	case Unauthenticated:
		r.challenge("invalid_token", errs)
		return
	case Forbidden:
		status = http.StatusForbidden
	case BadUserInput:
		status = http.StatusBadRequest
	case RateLimited:
		status = http.StatusServiceUnavailable
		r.w.Header().Set("Retry-After", "1")
	}
	r.writeErrors(status, errs...)
}
