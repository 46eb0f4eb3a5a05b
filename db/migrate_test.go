package db_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

var update = flag.Bool("update", false, "rewrite schema.sql")

// schema.sql equals the result of all migrations.
func TestSchemaIsTheGoldenFile(t *testing.T) {
	d := dbtest.New(t)
	dump := string(d.Dump(t, "--schema-only", "--no-owner", "--exclude-table=bun_migration*"))
	var kept []string
	view := false
	for line := range strings.Lines(dump) {
		if strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\`) || strings.HasPrefix(line, "SET ") || strings.HasPrefix(line, "SELECT pg_catalog.set_config") {
			continue // comments and settings differ between versions of pg_dump
		}
		if strings.HasPrefix(line, "CREATE ") {
			view = strings.HasPrefix(line, "CREATE VIEW ")
		}
		if view { // PostgreSQL 15 qualifies the columns of a view with a single table, later versions don't
			line = regexp.MustCompile(`\bs\.`).ReplaceAllString(line, "")
		}
		kept = append(kept, line)
	}
	got := regexp.MustCompile(`\n{3,}`).ReplaceAllString(strings.TrimSpace(strings.Join(kept, "")), "\n\n") + "\n"
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the migrations come to another schema than schema.sql; if that is meant: go test ./db -run Golden -update\n%s", got)
	}
}

func TestManyNodesMigrateAtOnce(t *testing.T) {
	url := dbtest.EmptyURL(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 6 {
		wg.Go(func() {
			applied, err := db.Migrate(t.Context(), url)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			total += len(applied)
			mu.Unlock()
		})
	}
	wg.Wait()
	entries, err := os.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	if total != len(entries) {
		t.Errorf("%d migrations applied, there are %d", total, len(entries))
	}
}
