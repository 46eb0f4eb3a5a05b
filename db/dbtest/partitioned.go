package dbtest

import (
	"testing"

	"github.com/company-a/aside/db"
)

// partitions is how many partitions of notes a new database gets; 0 for none.
var partitions int

// Partitioned lets New and NewURL divide the notes of their databases into n partitions until the test ends. The test
// must not run beside others.
func Partitioned(t testing.TB, n int) {
	t.Helper()
	partitions = n
	t.Cleanup(func() { partitions = 0 })
}

func divide(t testing.TB, url string) string {
	t.Helper()
	if partitions > 0 {
		_, err := db.Partition(t.Context(), url, partitions)
		must(t, err)
	}
	return url
}
