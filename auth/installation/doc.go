// Package installation looks at a page of a tenant for the widget's snippet, and says to the tenant's developer what a browser
// would find.
//
// # Which file
//
//   - checking: checker (Checker: fetching the page, the order of the checks),
//     page (the loader and the element in its HTML),
//     policy (Content-Security-Policy: which sources it allows)
//
// It fetches only pages of the tenant's embed origins, through the dialer of package assertion, which connects to public addresses
// only. It must not return anything of a page, and must not reveal what our network looks like.
package installation
