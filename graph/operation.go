package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/company-a/aside/graph/direct"
)

// An operation is ready to be executed, once.
type operation struct {
	*graphql.OperationContext
	parts    *direct.Parts // of its answer
	audience *audience
}

// operation makes a request ready to be executed: it finds the document and in it the
// operation, coerces the variables (GraphQL §6.1) and adds up the cost. Its errors are
// request errors: nothing was executed.
func (h *handler) operation(ctx context.Context, req request) (*operation, gqlerror.List) {
	query, err := h.trusted.text(ctx, req)
	if err != nil {
		return nil, refuseRequest(err)
	}
	doc, errs := h.documents.get(query)
	if len(errs) > 0 {
		return nil, errs
	}
	op := doc.Operations.ForName(req.OperationName)
	if op == nil {
		return nil, refuseRequest(badRequest("operationName", "The document has no operation of this name, or several and none is named."))
	}
	variables, err := validator.VariableValues(h.documents.schema, op, req.Variables)
	if err != nil {
		return nil, refuseRequest(variableError(err))
	}
	if err := checkTexts(h.documents.schema, op, variables); err != nil {
		return nil, refuseRequest(err)
	}
	if err := checkCost(op, variables); err != nil {
		return nil, refuseRequest(err)
	}
	parts, audience := h.encoder.Begin(doc.plans), h.audience(ctx)
	return &operation{parts: parts, audience: audience, OperationContext: &graphql.OperationContext{
		RawQuery:               query,
		OperationName:          req.OperationName,
		Variables:              variables,
		Doc:                    doc.QueryDocument,
		Operation:              op,
		DisableIntrospection:   !h.documents.introspection,
		RecoverFunc:            caught,
		ResolverMiddleware:     audience.field(h.inTurn(parts.Middleware)),
		RootResolverMiddleware: audience.rootField(op),
	}}, nil
}

func refuseRequest(err error) gqlerror.List { return gqlerror.List{gqlerror.Wrap(err)} }

// variableError names the variable, or the innermost field of it, that doesn't fit its type.
func variableError(err error) error {
	field := "variables"
	var at *gqlerror.Error
	if errors.As(err, &at) {
		if name := lastName(at.Path); name != "" {
			field = name
		}
	}
	return badRequest(field, "This variable does not fit its type: see the schema.")
}

// An answer repeats no more than this many faults of one document.
const maxRequestErrors = 10

// presentRequest presents request errors. Those of the parser and of the rules are about the
// document alone and may be shown as they are.
func (p *presenter) presentRequest(ctx context.Context, errs gqlerror.List) gqlerror.List {
	shown := make(gqlerror.List, 0, min(len(errs), maxRequestErrors))
	for _, err := range errs[:cap(shown)] {
		if err.Err != nil {
			shown = append(shown, p.present(ctx, err))
			continue
		}
		e := &gqlerror.Error{Locations: err.Locations}
		refuse(e, BadUserInput, "query", err.Message)
		shown = append(shown, e)
	}
	return shown
}
