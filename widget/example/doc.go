// Package example is company B: a small tea shop that lets its visitors keep private notes beside its teas.
//
// It is what a tenant's site looks like from outside. It knows of Aside what the public snippet says and what the
// installation guide asks of a Content-Security-Policy, holds no secret, and imports nothing of ours. It must be served on
// another site than Aside is.
package example
