package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/company-a/aside/graph/direct"
)

// An operation is prepared for one execution.
type operation struct {
	*graphql.OperationContext
	parts   *direct.Parts
	recheck *accessRecheck
}

// prepare prepares the operation of a request: it finds the document and the operation in it, coerces the variables
// (GraphQL §6.1), and checks texts and cost. Its errors are request errors: nothing was executed.
func (h *handler) prepare(ctx context.Context, req request) (*operation, gqlerror.List) {
	query, err := h.trusted.text(ctx, req)
	if err != nil {
		return nil, requestError(err)
	}
	doc, errs := h.documents.get(query)
	if len(errs) > 0 {
		return nil, errs
	}
	op := doc.Operations.ForName(req.OperationName)
	if op == nil {
		return nil, requestError(badRequest("operationName", "operationName must name an operation of the document."))
	}
	variables, err := validator.VariableValues(h.documents.schema, op, req.Variables)
	if err != nil {
		return nil, requestError(variableError(err))
	}
	if err := checkInputTexts(h.documents.schema, op, variables); err != nil {
		return nil, requestError(err)
	}
	if err := checkCost(op, variables); err != nil {
		return nil, requestError(err)
	}
	parts, recheck := h.encoder.Begin(doc.plans), h.newRecheck(ctx)
	return &operation{parts: parts, recheck: recheck, OperationContext: &graphql.OperationContext{
		RawQuery:               query,
		OperationName:          req.OperationName,
		Variables:              variables,
		Doc:                    doc.QueryDocument,
		Operation:              op,
		DisableIntrospection:   !h.documents.introspection,
		RecoverFunc:            panicToError,
		ResolverMiddleware:     recheck.trackFields(limitResolvers(parts.Middleware)),
		RootResolverMiddleware: recheck.recheckMutation(op),
	}}, nil
}

// execute does what gqlgen's executor does without extensions. The data of its response has gaps for the parts of op. It
// returns nil if the client has disconnected.
func (h *handler) execute(ctx context.Context, op *operation, p *presenter) *graphql.Response {
	if ctx.Err() != nil {
		return nil
	}
	ctx = graphql.WithResponseContext(graphql.WithOperationContext(ctx, op.OperationContext), p.present, panicToError)
	response := h.schema.Exec(ctx)(ctx)
	response.Errors = append(response.Errors, graphql.GetErrors(ctx)...)
	if err := op.recheck.check(ctx, op.Operation); err != nil {
		response.Data, response.Errors = nil, gqlerror.List{p.present(ctx, err)}
	}
	return response
}
