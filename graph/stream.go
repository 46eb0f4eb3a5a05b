package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2" //nolint:depguard // nothing is at stake: nodes and streams should not all come back at once
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

const (
	streamLife     = 15 * time.Minute
	streamBeat     = 20 * time.Second // proxies cut what says nothing for a minute
	streamPatience = 10 * time.Second // for a reader to take what it is told
	maxStreams     = 8                // of one session, on one node
)

// stream answers a subscription for as long as it lasts. It reports false, and answers nothing,
// where req is none and an answer in JSON is as welcome.
func (h *handler) stream(a answerer, r *http.Request, req request) bool {
	ctx := r.Context()
	op, errs := h.operation(ctx, req)
	if len(errs) > 0 {
		a.refuse(http.StatusBadRequest, h.presenter.presentRequest(ctx, errs)...)
		return true
	}
	if op.Operation.Operation != ast.Subscription {
		if a.media == "" {
			a.turnAway(http.StatusNotAcceptable, "Only a subscription is answered as "+auth.EventStream+".")
		}
		return a.media == ""
	}
	if len(graphql.CollectFields(op.OperationContext, op.Operation.SelectionSet, []string{"Subscription"})) != 1 { // aliased, say, or skipped
		a.refuse(http.StatusBadRequest, h.presenter.present(ctx, badRequest("query", "A subscription selects one field.")))
		return true
	}
	if who := session(ctx).ID; who != uuid.Nil {
		if !h.streams.enter(who) {
			a.busy()
			return true
		}
		defer h.streams.leave(who)
	}
	s := &subscription{Resolver: h.resolver, handler: h, operation: op.OperationContext, change: make(chan *db.Change, 1)}
	s.operation.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }
	defer s.close()
	if _, errs := s.execute(ctx); len(errs) > 0 {
		a.refuseStream(errs)
		return true
	}
	// Those that were opened together are not opened anew together.
	ctx, cancel := context.WithTimeout(ctx, streamLife-rand.N(time.Minute)) //nolint:gosec // as above
	defer cancel()
	s.run(ctx, newEventWriter(a.w))
	return true
}

// run tells of the changes as they come. Nothing is kept for a reader but what the watch keeps.
func (s *subscription) run(ctx context.Context, w *eventWriter) {
	err := w.begin()
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for err == nil {
		select {
		case <-ctx.Done(): // its time is over, or there is nobody any more to be told
			_ = w.complete()
			return
		case <-beat.C:
			err = w.beat()
		case change, more := <-s.watch.C:
			if !more {
				_ = w.complete()
				return
			}
			s.change <- change
			data, errs := s.execute(ctx)
			if data == nil || ends(errs) {
				_ = w.complete()
				return
			}
			err = w.next(data, errs)
		}
	}
}

// ends reports whether whoever subscribed has to begin anew: the session has ended, or what has
// changed could not be read just now.
func ends(errs gqlerror.List) bool {
	for _, e := range errs {
		switch e.Extensions["code"] {
		case Unauthenticated, RateLimited:
			return true
		}
	}
	return false
}

// A subscription resolves its operation anew for each event, so that nothing of an event is kept.
type subscription struct {
	*Resolver
	handler   *handler
	operation *graphql.OperationContext
	watch     *db.Watch       // once it is opened
	change    chan *db.Change // the one to be told of
}

// execute executes the operation for the change that is to be told of. The first time it opens the
// watch, if whoever asks may have one, and gives no data.
func (s *subscription) execute(ctx context.Context) ([]byte, gqlerror.List) {
	ctx, done := context.WithTimeout(ctx, streamPatience)
	defer done()
	ctx = graphql.WithResponseContext(graphql.WithOperationContext(ctx, s.operation), s.handler.presenter.present, caught)
	opens := s.watch == nil
	next := schemaOf(s.handler.schema.Schema(), s).Exec(ctx)
	if errs := graphql.GetErrors(ctx); opens || len(errs) > 0 {
		return nil, errs
	}
	response := next(ctx)
	if response == nil {
		return nil, graphql.GetErrors(ctx)
	}
	return response.Data, graphql.GetErrors(ctx)
}

func (s *subscription) close() {
	if s.watch != nil {
		s.watch.Close()
	}
}

// refuseStream answers that there is no stream, by status too: there is no body to look into for
// whoever waits for one.
func (a answerer) refuseStream(errs gqlerror.List) {
	status := http.StatusInternalServerError
	switch errs[0].Extensions["code"] {
	case Unauthenticated:
		a.challenge("invalid_token", errs)
		return
	case Forbidden:
		status = http.StatusForbidden
	case BadUserInput:
		status = http.StatusBadRequest
	case RateLimited:
		status = http.StatusServiceUnavailable
		a.w.Header().Set("Retry-After", "1")
	}
	a.refuse(status, errs...)
}

// An eventWriter writes the events of one stream ("GraphQL over Server-Sent Events Protocol",
// distinct connections mode).
type eventWriter struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

func newEventWriter(w http.ResponseWriter) *eventWriter {
	return &eventWriter{w: w, controller: http.NewResponseController(w)}
}

// begin sends the head, and something to read: whoever subscribed knows then that they hear of
// everything from here on.
func (e *eventWriter) begin() error {
	_ = e.controller.SetReadDeadline(time.Time{}) // the request has been read; else it would end the stream
	e.w.Header().Set("Content-Type", auth.EventStream)
	e.w.Header().Set("X-Accel-Buffering", "no") // for nginx
	e.w.WriteHeader(http.StatusOK)
	return e.beat()
}

func (e *eventWriter) beat() error     { return e.write([]byte(":\n\n")) }
func (e *eventWriter) complete() error { return e.write([]byte("event: complete\ndata:\n\n")) }

// next sends one answer. It is one line, as JSON of ours is.
func (e *eventWriter) next(data []byte, errs gqlerror.List) error {
	b, _ := buffers.Get().(*bytes.Buffer) // it holds nothing else
	b.Reset()
	b.WriteString("event: next\ndata: {")
	if len(errs) > 0 {
		encoded, err := json.Marshal(errs)
		if err != nil {
			panic(err) // errors are made of strings and numbers
		}
		b.WriteString(`"errors":`)
		b.Write(encoded)
		b.WriteByte(',')
	}
	b.WriteString(`"data":`)
	b.Write(data)
	b.WriteString("}\n\n")
	err := e.write(b.Bytes())
	if b.Cap() <= maxBuffer {
		buffers.Put(b)
	}
	return err
}

// write takes the deadline for the whole answer away, and gives the reader one for this part.
func (e *eventWriter) write(b []byte) error {
	_ = e.controller.SetWriteDeadline(time.Now().Add(streamPatience))
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	return e.controller.Flush()
}
