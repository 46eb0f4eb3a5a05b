package graph

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db/feed"
)

const (
	maxStreamAge       = 15 * time.Minute
	streamHeartbeat    = 20 * time.Second // many proxies close a connection that is idle for a minute
	streamWriteTimeout = 10 * time.Second // for the client to read an event
)

// stream responds to a subscription until it ends. It returns false, without a response, if req is not a subscription
// and the client accepts JSON too.
func (h *handler) stream(out responder, r *http.Request, req request) bool {
	ctx := r.Context()
	op, errs := h.prepare(ctx, req)
	if len(errs) > 0 {
		out.writeErrors(http.StatusBadRequest, out.presenter.presentRequest(ctx, errs)...)
		return true
	}
	if op.Operation.Operation != ast.Subscription {
		if out.media == "" {
			out.reject(http.StatusNotAcceptable, "Only a subscription can be streamed as "+auth.EventStream+".")
		}
		return out.media == ""
	}
	if len(graphql.CollectFields(op.OperationContext, op.Operation.SelectionSet, []string{"Subscription"})) != 1 { // with aliases or @skip, for example
		out.writeErrors(http.StatusBadRequest, out.presenter.present(ctx, badRequest("query", "A subscription must select exactly one field.")))
		return true
	}
	sessionID, personID := session(ctx).ID, session(ctx).UserID
	if !h.acquireStream(out, sessionID, personID) {
		return true
	}
	s := &subscription{Resolver: h.resolver, handler: h, presenter: out.presenter, document: op.Doc, operation: op.Operation, variables: op.Variables, sessionID: sessionID, personID: personID, change: make(chan *feed.Change, 1)}
	if _, errs := s.execute(ctx); len(errs) > 0 {
		s.close()
		out.rejectStream(errs)
		return true
	}
	if w := hijackSSE(out.w); w != nil {
		// The stream goes on in a goroutine of its own, so that the request's memory is freed.
		go s.run(auth.WithPrincipal(context.Background(), auth.PrincipalFrom(ctx)), w)
		return true
	}
	s.run(ctx, newSSEWriter(out.w))
	return true
}

// run sends the changes until the client disconnects or the stream ends. Only the watch buffers changes for the client.
func (s *subscription) run(ctx context.Context, w *sseWriter) {
	defer s.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.onDisconnect(cancel)
	defer w.close()
	defer func() {
		if v := recover(); v != nil {
			_ = s.presenter.present(ctx, panicToError(ctx, v)) // logs it
		}
	}()
	// The age is random, so that streams that were opened together do not all reconnect together.
	until := s.handler.now().Add(maxStreamAge - rand.N(time.Minute)) //nolint:gosec // no secret
	err := w.start()
	heartbeat := time.NewTicker(s.handler.heartbeat)
	defer heartbeat.Stop()
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-heartbeat.C:
			if s.handler.now().After(until) {
				_ = w.complete()
				return
			}
			err = w.heartbeat()
		case change, more := <-s.watch.C:
			if !more {
				_ = w.complete()
				return
			}
			s.change <- change
			data, errs := s.execute(ctx)
			if data == nil || endsStream(errs) {
				_ = w.complete()
				return
			}
			err = w.next(data, errs)
		}
	}
}

// endsStream reports whether errs end the stream, because the session has ended or the changed note could not be read.
// The client then subscribes again.
func endsStream(errs gqlerror.List) bool {
	for _, e := range errs {
		switch e.Extensions["code"] {
		case Unauthenticated, RateLimited:
			return true
		}
	}
	return false
}

// A subscription executes its operation once for each event, so that no memory of an event stays in use.
type subscription struct {
	*Resolver
	handler   *handler
	presenter *presenter
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
	variables map[string]any
	sessionID uuid.UUID
	personID  uuid.UUID
	watch     *feed.Watch       // nil until the first execution
	change    chan *feed.Change // the change of the current execution
}

// execute executes the operation for the change in s.change. The first execution opens the watch, if the session may
// have one, and returns no data.
func (s *subscription) execute(ctx context.Context) ([]byte, gqlerror.List) {
	ctx, done := context.WithTimeout(ctx, streamWriteTimeout)
	defer done()
	ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{
		Doc: s.document, Operation: s.operation, Variables: s.variables, RecoverFunc: panicToError, DisableIntrospection: true,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	})
	ctx = graphql.WithResponseContext(ctx, s.presenter.present, panicToError)
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
	s.handler.releaseStream(s.sessionID, s.personID)
}
