package installation

import "context"

// NewWithoutDelay is New for tests that wait for no answer.
func NewWithoutDelay(frameOrigin string, development bool) *Checker {
	c := New(frameOrigin, development)
	c.delay = func(context.Context) {}
	return c
}
