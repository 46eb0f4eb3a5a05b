// Package e2e tests Aside as its users have it: the built binary, a real PostgreSQL, and in
// most tests a real browser with its popup blocker and its storage partitions on. A tenant's
// site is another origin on another port. Everything is found by the names that people see.
//
// Tests run beside each other, as many as there are processors. Each has a service, and a browser, to itself.
package e2e
