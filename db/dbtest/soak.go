package dbtest

import "os"

// Rounds is how often a test does what chance may help to find: few times among all tests, many
// times in `make soak`, which sets ASIDE_SOAK.
func Rounds(few, many int) int {
	if os.Getenv("ASIDE_SOAK") != "" {
		return many
	}
	return few
}
