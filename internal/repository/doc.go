// Package repository tests what is not Go code: what the documents promise, and the scripts in tools.
//
// It has tests only. Its tests read the repository's files and must not need a database or a browser.
// A test changes to the root with t.Chdir, and TestMain must not: go test would not notice the files that are read, and would
// show a cached result after they have changed.
package repository
