package server

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// A retention is how long something is kept; 0 is forever. It is written in days, 400 or 400d, or as a duration, 9600h.
type retention time.Duration

// UnmarshalText reads a retention from a flag.
func (r *retention) UnmarshalText(text []byte) error {
	const day = 24 * time.Hour
	s := string(text)
	if days, err := strconv.Atoi(strings.TrimSuffix(s, "d")); err == nil && days >= 0 && days <= 100_000 {
		*r = retention(time.Duration(days) * day)
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > 100_000*day {
		return errors.New("write a number of days, like 400d, or 0 for forever")
	}
	*r = retention(d)
	return nil
}
