package auth

// An Interaction is a pushed authorization request that is open in one browser and waits for the
// person's decision. The popup shows it.
type Interaction struct {
	ID           string // opaque, sent back with each decision
	RequestURI   string // RFC 9126 §2.2, part of the handshake with the opener
	TenantKey    string
	TenantName   string
	EmbedOrigin  string // of the page that embeds the widget, according to the request
	FrameOrigin  string // the only origin that may receive the response
	ResponseMode string // "web_message" or "query"
	SubjectLabel string // the visitor's e-mail, name or id at the tenant; "" if the tenant asserts none
	Vouched      bool   // the visitor has notes that the tenant can read, until they are merged into an account with a passkey
	DisplayName  string // of the account that is signed in in this browser; "" if none is
}
