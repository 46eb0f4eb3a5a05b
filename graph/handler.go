package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/installation"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/graph/direct"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/mediatype"
)

// Config is what NewHandler needs.
type Config struct {
	DB   *db.DB
	Keys *seal.Keyring // the MAC key of cursors is derived from it
	Log  *slog.Logger
	Open bool // allows introspection, and any document for widget sessions

	// Documents are the trusted documents by their ids. Unless Open, a widget session can run no others.
	Documents map[string]string

	Streams int              // the limit of streams on this node; default: DefaultStreams
	Now     func() time.Time // for the age of streams; default: time.Now

	AccountOrigin   string // of invitation links
	OperatorTenants bool   // only operators can create tenants

	FrameOrigin string             // of the loader, for checkInstallation
	Assertions  *assertion.Checker // for testAssertion
	Loopback    bool               // allows key sets at http addresses of this computer, for development
}

type handler struct {
	documents *documentCache
	trusted   trustedDocuments
	schema    graphql.ExecutableSchema
	encoder   *direct.Encoder
	presenter *presenter
	resolver  *Resolver
	count     func(*db.Session) // counts an operation for the tenant's usage

	mayStillSee func(ctx context.Context, tenantKeys ...string) error // see accessRecheck

	sessionOperations *concurrencyLimit // running operations of each session
	personOperations  *concurrencyLimit // running operations of each person
	sessionStreams    *concurrencyLimit // open streams of each session
	personStreams     *concurrencyLimit // open streams of each person
	nodeStreams       *streamLimit      // all open streams

	now       func() time.Time
	heartbeat time.Duration // how often a stream sends a comment and checks its age
}

// NewHandler returns the handler of /graphql: GraphQL over HTTP, with POST and JSON only. The principal is that of
// auth.PrincipalFrom, so the handler must be wrapped in the one that recognizes credentials. A request without a
// principal can ask for __typename only.
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
		tenants: newTenantCache(c.DB.Tenant),

		accountOrigin:   c.AccountOrigin,
		operatorTenants: c.OperatorTenants,

		assertions:    c.Assertions,
		installations: installation.New(c.FrameOrigin, c.Loopback),
		loopback:      c.Loopback,
	}
	schema, encoder := executableSchema(resolver), direct.NewEncoder(resolver)
	return &handler{
		documents: newDocumentCache(schema.Schema(), c.Open),
		trusted:   trustedDocuments{texts: c.Documents, open: c.Open},
		schema:    schema,
		encoder:   encoder,
		presenter: &presenter{log: c.Log, encoder: encoder},
		resolver:  resolver,
		count:     c.DB.CountOperation,

		mayStillSee: resolver.mayStillSee,

		sessionOperations: newConcurrencyLimit(maxSessionOperations),
		personOperations:  newConcurrencyLimit(maxPerPerson),
		sessionStreams:    newConcurrencyLimit(maxSessionStreams),
		personStreams:     newConcurrencyLimit(maxPerPerson),
		nodeStreams:       newStreamLimit(c.Streams),

		now:       c.Now,
		heartbeat: streamHeartbeat,
	}
}

// ServeHTTP responds to one operation.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	out := responder{w: w, media: negotiate(r), presenter: h.presenter.forRequest(fault.RequestID(w))}
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares so too
				panic(v)
			}
			out.writeErrors(http.StatusInternalServerError, out.presenter.present(r.Context(), panicToError(r.Context(), v)))
		}
	}()
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		out.reject(http.StatusMethodNotAllowed, "Use POST.")
		return
	case out.media == "" && !auth.OpensStream(r):
		out.reject(http.StatusNotAcceptable, "Responses are application/json or application/graphql-response+json.")
		return
	case !mediatype.IsJSON(r.Header.Get("Content-Type")):
		out.reject(http.StatusUnsupportedMediaType, "Send application/json in UTF-8.")
		return
	}
	limit := bodyLimit(session(r.Context()))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			out.reject(http.StatusRequestEntityTooLarge, fmt.Sprintf("A request can have at most %d KiB.", limit>>10))
		} else {
			out.reject(http.StatusBadRequest, "The body is incomplete.")
		}
		return
	}
	req, err := decodeRequest(body)
	if err != nil {
		out.writeErrors(http.StatusBadRequest, out.presenter.present(r.Context(), err))
		return
	}
	if auth.OpensStream(r) && h.stream(out, r, req) {
		return
	}
	if s := session(r.Context()); s.ID != uuid.Nil {
		if !h.sessionOperations.acquire(s.ID) {
			out.tooManyRequests()
			return
		}
		defer h.sessionOperations.release(s.ID)
		if !h.personOperations.acquire(s.UserID) {
			out.tooManyRequests()
			return
		}
		defer h.personOperations.release(s.UserID)
	}
	h.serve(r.Context(), out, req)
}

// serve executes req and responds.
func (h *handler) serve(ctx context.Context, out responder, req request) {
	op, errs := h.prepare(ctx, req)
	if len(errs) > 0 {
		out.writeErrors(out.requestErrorStatus(), out.presenter.presentRequest(ctx, errs)...)
		return
	}
	if op.Operation.Operation == ast.Subscription {
		out.writeErrors(out.requestErrorStatus(), out.presenter.present(ctx, errNoStream))
		return
	}
	if response := h.execute(ctx, op, out.presenter); response != nil {
		if rejection(response.Errors) == nil {
			h.count(session(ctx))
		}
		out.writeResult(response, op.parts)
	}
}
