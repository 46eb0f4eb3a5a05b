// Package version tells which release of Aside is running, from what the Go toolchain and the Makefile
// stamped into the binary.
//
// # Which file
//
//   - the version: version (Info, Running)
//
// It must not read configuration and imports nothing of ours.
package version
