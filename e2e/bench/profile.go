package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// writeProfile writes one of the service's profiles beside the table.
func (b *bench) writeProfile(ctx context.Context, s *service, path, name string) error {
	body, err := get(ctx, s.admin+path)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.out, name), body, 0o644) //nolint:gosec // a profile for people to read
}

// profileDuring writes a service's CPU profile while a contender sends requests to it. If
// Go is installed, it also writes a list of the most expensive functions. No ratio is
// measured meanwhile.
func (b *bench) profileDuring(ctx context.Context, s *service, c contender, name string) error {
	failed := make(chan error, 1)
	go func() {
		failed <- b.writeProfile(ctx, s, fmt.Sprintf("/debug/pprof/profile?seconds=%d", b.profile), name+".cpu.pprof")
	}()
	for range b.profile { // in slices that end before their proofs expire
		if _, err := c.slice(ctx, 1100*time.Millisecond); err != nil {
			return err
		}
	}
	if err := <-failed; err != nil {
		return err
	}
	top := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount=100", filepath.Join(b.out, name+".cpu.pprof"))
	out, err := top.Output()
	if err != nil {
		b.say("no list of functions: %v", err)
		return nil
	}
	return os.WriteFile(filepath.Join(b.out, name+".cpu.txt"), out, 0o644) //nolint:gosec // a list for people to read
}
