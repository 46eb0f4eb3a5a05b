package authtest

import (
	"context"
	"slices"
	"sync"
	"testing"
)

// A Shared is one Site for all tests of a package that do not change each other's rows, clock or
// log. A database for each test would take longer than the test. Declare one for the package,
// and pass its Close to dbtest.Main.
type Shared struct {
	once sync.Once
	tb   *packageTB
	site *Site
}

// Site returns the site, which the first test starts. A test makes its own tenants and visitors.
func (s *Shared) Site(t testing.TB) *Site {
	t.Helper()
	s.once.Do(func() {
		s.tb = &packageTB{TB: t}
		s.site = New(s.tb)
	})
	if s.site == nil {
		t.Fatal("the shared site did not start")
	}
	return s.site
}

// Close ends the site. It does nothing if no test used it.
func (s *Shared) Close() {
	if s.tb == nil {
		return
	}
	for _, f := range slices.Backward(s.tb.cleanups) {
		f()
	}
}

// A packageTB ends with the test binary, not with the test that made it.
type packageTB struct {
	testing.TB
	cleanups []func()
}

func (t *packageTB) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }
func (t *packageTB) Context() context.Context { return context.Background() }
