// Package e2e tests Aside as users run it: the built binary, a real PostgreSQL, and in
// most tests a real browser with its popup blocker and storage partitioning on. A tenant's
// site has its own origin and port. Tests find elements by the names that people see.
//
// As many tests run in parallel as there are processors. Each has its own service and browser.
package e2e
