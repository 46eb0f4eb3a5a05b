package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/graph/generated"
)

// Trusted documents are those of our own scripts, known when those were built. A widget's
// session, which whoever holds its key can use from anywhere, runs nothing else: it never makes
// the server parse, validate or price what a stranger wrote.
type trusted struct {
	texts map[string]string // by id
	open  bool              // any document may be sent
}

var (
	errUnknownDocument = badRequest("documentId", "There is no trusted document of this id. Reload the page: it may be of another release.")
	errOwnDocument     = &refusal{Code: Forbidden, Message: "A widget's session runs trusted documents alone: send the documentId of one. In development, ASIDE_GRAPHQL_OPEN=true lets it send any."}
)

// text is the document that a request asks for.
func (t trusted) text(ctx context.Context, req request) (string, error) {
	if req.DocumentID != "" {
		text, known := t.texts[req.DocumentID]
		if !known {
			return "", errUnknownDocument
		}
		return text, nil
	}
	if !t.open && isWidget(ctx) {
		return "", errOwnDocument
	}
	return req.Query, nil
}

func isWidget(ctx context.Context) bool {
	return kindOf(auth.PrincipalFrom(ctx)) == generated.PrincipalWidget
}
