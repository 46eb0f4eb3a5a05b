// Package installation checks whether a tenant's page has the widget's snippet, and tells the tenant's developer what a
// browser would find there.
//
// # Which file
//
//   - checking: checker (Checker, Check: which addresses are fetched, redirects, the largest page, errors of the fetch in
//     words), page (the loader's script, the element, its tenant and the policies in its HTML; each check's result and
//     advice), policy (Content-Security-Policy: do its directives allow our origin? sources, nonces, strict-dynamic)
//
// It fetches only pages of the tenant's embed origins, through the dialer of package assertion, which connects to public addresses
// only. It must not return content of a page, and must not reveal anything about our network.
package installation
