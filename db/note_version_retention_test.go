package db

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/db/seal"
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
			if isDue(n, seal.Text{}, versions, gap, now) {
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
		if kept := isDue(n, seal.Text{}, c.versions, gap, start.Add(c.after)); kept != c.kept {
			t.Errorf("after %s, with %d: %t", c.after, len(c.versions), kept)
		}
	}
}

// A text that was pasted and overwritten at once is kept. What somebody types or corrects is not, however fast.
func TestAReplacedTextIsKeptAtOnce(t *testing.T) {
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	pasted := strings.Repeat("Oolong, 95 °C, twenty seconds.\n", 10)
	for name, c := range map[string]struct {
		before, after seal.Text
		kept          bool
	}{
		"emptied":                      {seal.Text{Body: pasted}, seal.Text{}, true},
		"overwritten":                  {seal.Text{Body: pasted}, seal.Text{Body: "S"}, true},
		"pasted over":                  {seal.Text{Body: pasted}, seal.Text{Body: strings.Repeat("Sencha, 70 °C. ", 40)}, true},
		"most deleted":                 {seal.Text{Body: pasted}, seal.Text{Body: pasted[:len(pasted)/2-4]}, true},
		"less deleted":                 {seal.Text{Body: pasted}, seal.Text{Body: pasted[:len(pasted)/2+4]}, false},
		"a part in the middle deleted": {seal.Text{Body: pasted}, seal.Text{Body: pasted[:100] + pasted[200:]}, false},
		"more typed":                   {seal.Text{Body: pasted}, seal.Text{Body: pasted + "More"}, false},
		"more typed before":            {seal.Text{Body: pasted}, seal.Text{Body: "More" + pasted}, false},
		"pasted in the middle":         {seal.Text{Body: pasted}, seal.Text{Body: pasted[:150] + strings.Repeat("Sencha ", 90) + pasted[150:]}, false},
		"a short one":                  {seal.Text{Body: pasted[:longBody-1]}, seal.Text{}, false},
		"not quite as short":           {seal.Text{Body: pasted[:longBody]}, seal.Text{}, true},
		"the title alone":              {seal.Text{Title: "Tea", Body: pasted}, seal.Text{Title: "T", Body: pasted}, false},
		"encrypted, emptied":           {seal.Text{Sealed: strings.Repeat("x", 900)}, seal.Text{Sealed: strings.Repeat("y", 300)}, true},
		"encrypted, about as long":     {seal.Text{Sealed: strings.Repeat("x", 900)}, seal.Text{Sealed: strings.Repeat("y", 500)}, false},
	} {
		n := &Note{Title: c.before.Title, Body: c.before.Body, Sealed: encodeSealed(c.before), Version: 1, CreatedAt: now, UpdatedAt: now}
		if kept := isDue(n, c.after, nil, gap, now.Add(time.Second)); kept != c.kept {
			t.Errorf("%s: %t", name, kept)
		}
	}
}
