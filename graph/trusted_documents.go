package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/graph/generated"
)

// trustedDocuments holds the documents of our own scripts, known since their build. A widget session can run no others,
// so anyone who holds its key cannot make the server parse, validate and cost a document of their own.
type trustedDocuments struct {
	texts map[string]string // by id
	open  bool              // any document may be run
}

var (
	errUnknownDocument   = badRequest("documentId", "No trusted document has this id. Reload the page: it may be of another release.")
	errUntrustedDocument = &apiError{Code: Forbidden, Message: "A widget session can run only trusted documents: send a documentId. In development, set ASIDE_GRAPHQL_OPEN=true to run any document."}
)

// text returns the text of the document that a request runs.
func (t trustedDocuments) text(ctx context.Context, req request) (string, error) {
	if req.DocumentID != "" {
		text, known := t.texts[req.DocumentID]
		if !known {
			return "", errUnknownDocument
		}
		return text, nil
	}
	if !t.open && isWidget(ctx) {
		return "", errUntrustedDocument
	}
	return req.Query, nil
}

func isWidget(ctx context.Context) bool {
	return principalKind(auth.PrincipalFrom(ctx)) == generated.PrincipalWidget
}
