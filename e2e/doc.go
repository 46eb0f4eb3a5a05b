// Package e2e tests Aside as users run it: the built binary, a real PostgreSQL, and in
// most tests a real browser with its popup blocker and storage partitioning on. A tenant's
// site is another origin on another port. Tests find everything by the names that people see.
//
// Tests run in parallel, as many as there are processors. Each has a service and a browser of its own.
package e2e
