// Package installation looks at a page of a tenant for the widget's snippet, and says to the tenant's developer what a browser
// would find.
//
// # Which file
//
//   - checking: checker (Checker, Check: which addresses are fetched, redirects, the largest page, errors of the fetch in
//     words), page (the loader's script, the element, its tenant and the policies in its HTML; each check's result and
//     advice), policy (Content-Security-Policy: do its directives allow our origin? sources, nonces, strict-dynamic)
//
// It fetches only pages of the tenant's embed origins, through the dialer of package assertion, which connects to public addresses
// only. It must not return anything of a page, and must not reveal what our network looks like.
package installation
