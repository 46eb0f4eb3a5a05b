package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// builtService is the path of the service that was built for the tests.
var builtService string

// TestMain can also be the yardstick's process: the bench starts its own executable, here the test, for that.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "hand" {
		exit(runHand(context.Background(), os.Args[2:], os.Stdout))
	}
	dir, err := os.MkdirTemp("", "aside-bench-test-")
	if err != nil {
		panic(err)
	}
	builtService = filepath.Join(dir, "aside")
	build := exec.Command("go", "build", "-o", builtService, "../..")
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench: the service does not build:", err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// A small run measures every row of the sections that need no other program, so the bench still fits the schema, the
// API and the yardstick.
func TestEveryRowIsMeasured(t *testing.T) {
	var out strings.Builder
	sections := regexp.MustCompile("^(operations|row-security|allocations|sign-in|growth|creates)$")
	s := settings{
		aside: builtService, earlier: builtService, out: t.TempDir(), only: sections,
		notes: 20_000, full: 500, slice: 100 * time.Millisecond, pairs: 1, profile: 1, connection: 2,
	}
	if err := measure(t.Context(), s, &out); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, "not measured") {
			t.Error(line)
		}
	}
}
