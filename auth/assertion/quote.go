package assertion

import (
	"strconv"
	"time"
)

// quoted returns a text that was sent, shortened and in quotes.
func quoted(s string) string {
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80]) + "…"
	}
	return strconv.Quote(s)
}

// quotedValue is quoted for a member of any type.
func quotedValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return quoted(v)
	default:
		return "not a string"
	}
}

func relative(d time.Duration) string {
	if d < 0 {
		return seconds(-d) + " ago by our clock"
	}
	return "in " + seconds(d) + " by our clock"
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10) + " s"
}
