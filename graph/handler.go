package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/graph/direct"
	"github.com/company-a/aside/graph/generated"
)

// maxBody is the largest request, in bytes: the largest note however it is escaped, and room for an operation.
var maxBody = largestNote(db.DefaultLimits) + 32<<10

// largestNote returns how many bytes of JSON a note can take. At most it is escaped whole (RFC 8259 §7): 6 bytes for each of UTF-8,
// 12 for a character.
func largestNote(l db.Limits) int64 {
	return int64(6*l.BodySize + 12*l.TitleLength + l.Tags*(12*l.TagLength+4))
}

// Config is what NewHandler needs.
type Config struct {
	DB   *db.DB
	Keys *seal.Keyring // cursors are made under a key derived from it
	Log  *slog.Logger
	Open bool // introspection is answered, and widgets' sessions may send any document

	// Documents are the trusted ones by their ids. Unless Open, a widget's session runs no others.
	Documents map[string]string

	Streams int              // of this node, at most; default DefaultStreams
	Now     func() time.Time // by which streams age; default: time.Now

	AccountOrigin   string // where invitations lead
	OperatorTenants bool   // only an operator makes tenants

	Assertions Assertions // for testAssertion
	Loopback   bool       // key sets may be at http addresses of this computer: for development
}

type handler struct {
	documents *documents
	trusted   trusted
	schema    graphql.ExecutableSchema
	encoder   *direct.Encoder
	presenter *presenter
	crowd     *crowd            // sessions with operations under way
	people    *crowd            // and their persons
	count     func(*db.Session) // an operation, for the tenant's bill

	mayStillSee func(ctx context.Context, seat db.Seat, tenantKeys ...string) error // of an audience

	resolver *Resolver
	streams  *crowd // sessions with streams
	watchers *crowd // and their persons
	room     *room  // for all streams
	now      func() time.Time
	beat     time.Duration // of a stream, when its age is looked at too
}

// NewHandler gives the handler of /graphql: GraphQL over HTTP, by POST and JSON alone. It
// answers for auth.PrincipalFrom of a request's context, so what recognizes credentials goes
// around it; what came without any may still ask for __typename.
func NewHandler(c Config) http.Handler { return newHandler(c) }

func newHandler(c Config) *handler {
	if c.Streams == 0 {
		c.Streams = DefaultStreams
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	resolver := &Resolver{
		db:      c.DB,
		cursors: cursors{key: c.Keys.Derive("cursor")},
		tenants: newTenantCards(c.DB.Tenant),

		accountOrigin:   c.AccountOrigin,
		operatorTenants: c.OperatorTenants,

		assertions: c.Assertions,
		loopback:   c.Loopback,
	}
	schema := executableSchema(resolver)
	return &handler{
		documents: newDocuments(schema.Schema(), c.Open),
		trusted:   trusted{texts: c.Documents, open: c.Open},
		schema:    schema,
		encoder:   direct.NewEncoder(resolver),
		presenter: &presenter{log: c.Log, tenant: resolver.tenants.get},
		crowd:     newCrowd(maxAtOnce),
		people:    newCrowd(maxOfPerson),
		resolver:  resolver,
		streams:   newCrowd(maxStreams),
		watchers:  newCrowd(maxOfPerson),
		room:      newRoom(c.Streams),
		now:       c.Now,
		beat:      streamBeat,
		count:     c.DB.Operated,

		mayStillSee: c.DB.MayStillSee,
	}
}

// executableSchema is the generated schema without @defer: answers come whole, and a part
// that nobody waits for would never end.
func executableSchema(r generated.ResolverRoot) graphql.ExecutableSchema {
	schema := *schemaOf(nil, r).Schema()
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return schemaOf(&schema, r)
}

// schemaOf has a schema, nil for the generated one, resolved by r.
func schemaOf(schema *ast.Schema, r generated.ResolverRoot) graphql.ExecutableSchema {
	return generated.NewExecutableSchema(generated.Config{
		Schema: schema, Resolvers: r, Directives: generated.DirectiveRoot{Requires: requires},
	})
}

// ServeHTTP answers one operation.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	a := answerer{w: w, media: negotiate(r)}
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares so too
				panic(v)
			}
			a.refuse(http.StatusInternalServerError, h.presenter.present(r.Context(), caught(r.Context(), v)))
		}
	}()
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		a.turnAway(http.StatusMethodNotAllowed, "GraphQL is spoken by POST here.")
		return
	case a.media == "" && !auth.OpensStream(r):
		a.turnAway(http.StatusNotAcceptable, "Answers are application/json or application/graphql-response+json.")
		return
	case !isJSON(r):
		a.turnAway(http.StatusUnsupportedMediaType, "A request is application/json in UTF-8.")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			a.turnAway(http.StatusRequestEntityTooLarge, fmt.Sprintf("A request has at most %d KiB.", maxBody>>10))
		} else {
			a.turnAway(http.StatusBadRequest, "The body could not be read to its end.")
		}
		return
	}
	req, err := decodeRequest(body)
	if err != nil {
		a.refuse(http.StatusBadRequest, h.presenter.present(r.Context(), err))
		return
	}
	if auth.OpensStream(r) && h.stream(a, r, req) {
		return
	}
	if s := session(r.Context()); s.ID != uuid.Nil {
		if !h.crowd.enter(s.ID) {
			a.busy()
			return
		}
		defer h.crowd.leave(s.ID)
		if !h.people.enter(s.UserID) {
			a.busy()
			return
		}
		defer h.people.leave(s.UserID)
	}
	h.answer(r.Context(), a, req)
}

// answer executes req, unless it is refused first.
func (h *handler) answer(ctx context.Context, a answerer, req request) {
	op, errs := h.operation(ctx, req)
	if len(errs) > 0 {
		a.refuse(a.requestErrorStatus(), h.presenter.presentRequest(ctx, errs)...)
		return
	}
	if op.Operation.Operation == ast.Subscription {
		a.refuse(a.requestErrorStatus(), h.presenter.present(ctx, errNoStream))
		return
	}
	if response := h.execute(ctx, op); response != nil {
		if answered(response.Errors) {
			h.count(session(ctx))
		}
		a.execute(response, op.parts)
	}
}

// execute does what gqlgen's executor would without extensions. The data of its response has gaps
// for the operation's parts. It gives nil when whoever asked has left.
func (h *handler) execute(ctx context.Context, op *operation) *graphql.Response {
	if ctx.Err() != nil {
		return nil
	}
	ctx = graphql.WithResponseContext(graphql.WithOperationContext(ctx, op.OperationContext), h.presenter.present, caught)
	response := h.schema.Exec(ctx)(ctx)
	response.Errors = append(response.Errors, graphql.GetErrors(ctx)...)
	if err := op.audience.check(ctx, op.Operation); err != nil {
		response.Data, response.Errors = nil, gqlerror.List{h.presenter.present(ctx, err)}
	}
	return response
}
