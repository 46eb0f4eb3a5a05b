package db

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold gives the form of s in which texts are compared: case-folded and composed, so that
// what looks the same is found (Unicode 15 §3.13, default caseless matching).
func fold(s string) string { return norm.NFKC.String(cases.Fold().String(s)) }
