package auth

// An Interaction is one visit of a person to the popup: the tenant's pushed
// request, opened in this browser and waiting for that person's decision.
type Interaction struct {
	ID           string // opaque, sent back with each decision
	RequestURI   string // RFC 9126 §2.2, named in the handshake with the opener
	TenantKey    string
	TenantName   string
	EmbedOrigin  string // origin of the page that the request says embeds the widget
	FrameOrigin  string // the only origin that the answer is for
	ResponseMode string // "web_message" or "query"
	SubjectLabel string // whom the tenant says the visitor is; "" when it says nothing
	Vouched      bool   // the tenant can read notes that the visitor has here, until they are merged into an account with a passkey
	DisplayName  string // whose account session this browser holds; "" when it holds none
}
