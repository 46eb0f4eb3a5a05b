package assertion_test

import (
	"encoding/json"
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m, site.Close) }

// site is for all tests that do not change each other's rows, clock or log.
var site authtest.Shared

func shared(t *testing.T) *authtest.Site { return site.Site(t) }

func decode(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}
