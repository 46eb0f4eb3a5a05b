// Package e2e tests Aside as its users have it: the built binary, a real PostgreSQL, and in
// most tests a real browser with its popup blocker and its storage partitions on. A tenant's
// site is another origin on another port. Everything is found by the names that people see.
//
// Tests with a browser run one after the other, since one window at a time has the focus; those that
// need none, or mostly wait, run beside each other at the end.
package e2e
