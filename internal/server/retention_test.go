package server

import (
	"testing"
	"time"
)

func TestARetentionIsReadInDays(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{"400d": 400 * day, "400": 400 * day, "9600h": 400 * day, "0": 0, "0d": 0, "0s": 0} {
		var r retention
		if err := r.UnmarshalText([]byte(text)); err != nil || time.Duration(r) != want {
			t.Errorf("%q is %s, %v", text, time.Duration(r), err)
		}
	}
	for _, text := range []string{"", "d", "-1", "-1d", "-24h", "1 year", "400 d", "1e9", "999999999", "99999999h"} {
		var r retention
		if err := r.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %s", text, time.Duration(r))
		}
	}
}
