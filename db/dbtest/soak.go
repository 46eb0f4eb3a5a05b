package dbtest

import "os"

// Rounds returns how often a test repeats what finds faults only by chance: few times in a normal run, many
// in `make soak`, which sets ASIDE_SOAK.
func Rounds(few, many int) int {
	if os.Getenv("ASIDE_SOAK") != "" {
		return many
	}
	return few
}
