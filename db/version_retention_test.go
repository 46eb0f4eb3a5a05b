package db

import (
	"slices"
	"testing"
	"time"
)

var gap = DefaultLimits.VersionGap

// A note that changes every two minutes on each of 90 mornings keeps versions of all ages.
func TestKeptVersionsThinOutWithAge(t *testing.T) {
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	n := &Note{Version: 1, CreatedAt: now, UpdatedAt: now}
	var versions []keptVersion
	for range 90 {
		for range 60 {
			now = now.Add(2 * time.Minute)
			if isDue(n, versions, gap, now) {
				old := superseded(n, versions, gap, now)
				versions = append([]keptVersion{{n.Version, n.UpdatedAt, now}}, versions...)
				versions = slices.DeleteFunc(versions, func(v keptVersion) bool { return slices.Contains(old, int32(v.version)) })
			}
			n.Version++
			n.UpdatedAt = now
			if len(versions) > MaxVersions {
				t.Fatalf("%d versions are kept", len(versions))
			}
		}
		now = now.Add(22 * time.Hour)
	}
	now = now.Add(-22 * time.Hour)
	last := time.Duration(0)
	for _, within := range []time.Duration{15 * time.Minute, 2 * time.Hour, 3 * 24 * time.Hour, 20 * 24 * time.Hour, 60 * 24 * time.Hour, 90 * 24 * time.Hour} {
		if !slices.ContainsFunc(versions, func(v keptVersion) bool { a := now.Sub(v.writtenAt); return last < a && a <= within }) {
			t.Errorf("none is %s to %s old", last, within)
		}
		last = within
	}
	if t.Failed() {
		for _, v := range versions {
			t.Log(v.version, now.Sub(v.writtenAt))
		}
	}
}

// A change keeps no version before the gap has passed.
func TestVersionsAreKeptByTimeApart(t *testing.T) {
	start := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	n := &Note{Version: 7, CreatedAt: start, UpdatedAt: start.Add(time.Minute)}
	for _, c := range []struct {
		versions []keptVersion
		after    time.Duration
		kept     bool
	}{
		{nil, gap - time.Second, false},
		{nil, gap, true},
		{[]keptVersion{{3, start, start.Add(time.Hour)}}, time.Hour + gap - time.Second, false},
		{[]keptVersion{{3, start, start.Add(time.Hour)}}, time.Hour + gap, true},
	} {
		if kept := isDue(n, c.versions, gap, start.Add(c.after)); kept != c.kept {
			t.Errorf("after %s, with %d: %t", c.after, len(c.versions), kept)
		}
	}
}
