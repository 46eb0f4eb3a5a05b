package db_test

import (
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// On a single PostgreSQL aside cluster changes nothing and says what a superuser has to do.
func TestDistributeNeedsCitus(t *testing.T) {
	url := dbtest.EmptyURL(t)
	_, err := db.Distribute(t.Context(), url)
	if err == nil || !strings.Contains(err.Error(), "CREATE EXTENSION citus") {
		t.Errorf("it says %v", err)
	}
	d := dbtest.At(t, url)
	if n := count(t, d.Connect(t, url), `SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace`); n != 0 {
		t.Errorf("it made %d relations", n)
	}
}
