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
	streamLife     = 15 * time.Minute
	streamBeat     = 20 * time.Second // proxies cut what says nothing for a minute
	streamPatience = 10 * time.Second // for a reader to take what it is told
	maxStreams     = 8                // of one session, on one node
)

// DefaultStreams is how many streams a node has at most, of some 10 KB each, where nothing else is
// configured. A connection each, they are bounded by what the system lets a process open, too.
const DefaultStreams = 20_000

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
	who, person := session(ctx).ID, session(ctx).UserID
	if who != uuid.Nil && !h.streams.enter(who) {
		a.busy()
		return true
	}
	if who != uuid.Nil && !h.watchers.enter(person) {
		h.streams.leave(who)
		a.busy()
		return true
	}
	if who != uuid.Nil && !h.room.enter() {
		h.streams.leave(who)
		h.watchers.leave(person)
		a.full()
		return true
	}
	s := &subscription{Resolver: h.resolver, handler: h, document: op.Doc, operation: op.Operation, variables: op.Variables, who: who, person: person, change: make(chan *feed.Change, 1)}
	if _, errs := s.execute(ctx); len(errs) > 0 {
		s.close()
		a.refuseStream(errs)
		return true
	}
	if w := takeOver(a.w); w != nil {
		// What a request holds is many times what a stream needs: it goes on by itself.
		go s.run(auth.WithPrincipal(context.Background(), auth.PrincipalFrom(ctx)), w)
		return true
	}
	s.run(ctx, answerWriter(a.w))
	return true
}

// run tells of the changes as they come, until there is nobody to be told or nothing to tell.
// Nothing is kept for a reader but what the watch keeps.
func (s *subscription) run(ctx context.Context, w *eventWriter) {
	defer s.close()
	ctx, gone := context.WithCancel(ctx)
	defer gone()
	w.watch(gone)
	defer w.close()
	defer func() {
		if v := recover(); v != nil {
			_ = s.handler.presenter.present(ctx, caught(ctx, v)) // into the log
		}
	}()
	// Those that were opened together are not opened anew together.
	until := s.handler.now().Add(streamLife - rand.N(time.Minute)) //nolint:gosec // nothing is at stake: they should not all come back at once
	err := w.begin()
	beat := time.NewTicker(s.handler.beat)
	defer beat.Stop()
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			if s.handler.now().After(until) {
				_ = w.complete()
				return
			}
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
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
	variables map[string]any
	who       uuid.UUID         // the session, in the crowd of those that have streams
	person    uuid.UUID         // its person
	watch     *feed.Watch       // once it is opened
	change    chan *feed.Change // the one to be told of
}

// execute executes the operation for the change that is to be told of. The first time it opens the
// watch, if whoever asks may have one, and gives no data.
func (s *subscription) execute(ctx context.Context) ([]byte, gqlerror.List) {
	ctx, done := context.WithTimeout(ctx, streamPatience)
	defer done()
	ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{
		Doc: s.document, Operation: s.operation, Variables: s.variables, RecoverFunc: caught, DisableIntrospection: true,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	})
	ctx = graphql.WithResponseContext(ctx, s.handler.presenter.present, caught)
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
	if s.who != uuid.Nil {
		s.handler.streams.leave(s.who)
		s.handler.watchers.leave(s.person)
		s.handler.room.leave()
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
