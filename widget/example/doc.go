// Package example is company B: a small tea shop that lets its visitors keep private notes beside its teas.
//
// It is what a tenant's site looks like from outside. It knows of Aside what the public snippet says and what the
// installation guide asks of a Content-Security-Policy, and imports nothing of ours. It must be served on another site than
// Aside is.
//
// Given a secret that it shares with Aside, it is the worked example of docs/assertions.md too: its customers log in, and it
// says who they are. customer.go is the log-in that any shop has already; what Aside adds to it is assertion.go and
// shop.js.
package example
