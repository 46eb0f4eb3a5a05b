// Package version tells which release of Aside is running, from what the Go toolchain and the Makefile
// stamped into the binary.
//
// # Which file
//
//   - the version: version (Info, Running; a pseudo-version, a commit)
//
// It must not read configuration and imports nothing of ours.
package version
