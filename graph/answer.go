package graph

import (
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
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

// refuse answers a request that is not executed: with errors and without data.
func (a answerer) refuse(status int, errs ...*gqlerror.Error) {
	a.write(status, errs, nil)
}

// proofRefused answers a mutation whose proof could not be used up: for one that was used
// before, with the challenge of RFC 9449 §7.1.
func (a answerer) proofRefused(e *gqlerror.Error) {
	if e.Extensions["code"] != Unauthenticated {
		a.refuse(http.StatusInternalServerError, e)
		return
	}
	a.w.Header().Set("WWW-Authenticate", `DPoP error="invalid_dpop_proof", algs="ES256"`)
	a.refuse(http.StatusUnauthorized, e)
}

// execute answers with what an execution gave.
func (a answerer) execute(r *graphql.Response) {
	a.write(http.StatusOK, r.Errors, r.Data)
}

// write writes errors first, as they are what is looked for where there are any. data is JSON
// already: encoding it again would only check that.
func (a answerer) write(status int, errs gqlerror.List, data []byte) {
	body := []byte{'{'}
	if len(errs) > 0 {
		encoded, err := json.Marshal(errs)
		if err != nil {
			panic(err) // errors are made of strings, numbers and a note's columns
		}
		body = append(append(body, `"errors":`...), encoded...)
		if data != nil {
			body = append(body, ',')
		}
	}
	if data != nil {
		body = append(append(body, `"data":`...), data...)
	}
	if a.media == "" {
		a.media = mediaJSON
	}
	a.w.Header().Set("Content-Type", a.media+"; charset=utf-8")
	a.w.WriteHeader(status)
	_, _ = a.w.Write(append(body, '}'))
}
