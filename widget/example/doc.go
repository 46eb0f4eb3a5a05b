// Package example is company B: a small tea shop that lets its visitors keep private notes beside its teas.
//
// It is an example of a tenant's site. It knows only the public snippet and what the installation guide requires of a
// Content-Security-Policy, and imports no other package of ours. It must be served on another site than Aside.
//
// With a secret that it shares with Aside, it is also the example of docs/assertions.md: its customers log in, and it names them.
// customer.go is the login that any shop already has; Aside adds assertion.go and shop.js.
//
// # Which file
//
//   - the shop: shop (Config, pages and their headers; its style sheet; its script, which gets the assertion),
//     tea (what it sells),
//     page/home, page/tea, page/order, page/login, page/layout (around each; the snippet, with the shop's colors and the page's context)
//   - the login: customer (who they are, logging in and out, the page to return to; their session, a signed cookie)
//   - for Aside: assertion (its claims, signing and sending one)
package example
