package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// describe returns a line about the machine and what was measured.
func describe(ctx context.Context, b *bench) string {
	postgresVersion := "PostgreSQL"
	if conn, err := b.cluster.super(ctx, large); err == nil {
		_ = conn.QueryRow(ctx, `SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)`).Scan(&postgresVersion)
		_ = conn.Close(ctx)
	}
	return fmt.Sprintf("%s, %d cores, %s, Linux %s, %s, %s; %d notes; %d pairs of slices of %s over %d connections; load of the machine at the start %s",
		field("/proc/cpuinfo", "model name"), runtime.NumCPU(), field("/proc/meminfo", "MemTotal"),
		first("/proc/sys/kernel/osrelease"), runtime.Version(), postgresVersion, b.population.notes(),
		b.pairs, b.slice, b.connection, first("/proc/loadavg"))
}

// field returns the value of a "name : value" line.
func field(file, name string) string {
	b, _ := os.ReadFile(file) // a file that is missing is left out
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return "unknown"
}

// first returns the first word of a file.
func first(file string) string {
	b, _ := os.ReadFile(file) // a file that is missing is left out
	if words := strings.Fields(string(b)); len(words) > 0 {
		return words[0]
	}
	return "unknown"
}
