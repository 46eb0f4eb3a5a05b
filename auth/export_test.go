package auth

import (
	"maps"
	"slices"
)

// AccountEndpoints returns the paths that accept JSON.
func (s *Server) AccountEndpoints() []string {
	return slices.Sorted(maps.Keys(s.accountEndpoints()))
}

// FrameEndpoints returns the paths that accept forms.
func (s *Server) FrameEndpoints() []string { return slices.Sorted(maps.Keys(s.frameEndpoints())) }
