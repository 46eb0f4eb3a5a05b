package db

import (
	"time"

	"github.com/company-a/aside/db/seal"
)

// MaxVersions is the maximum number of earlier versions of a note.
const MaxVersions = 10

// isDue reports whether the text of a note becomes an earlier version when it is replaced by next. It does if at least gap has
// passed since the last one was kept, or since the note was created, and at any time if next leaves out most of it. versions are those of
// the note, the newest first.
func isDue(n *Note, next seal.Text, versions []keptVersion, gap time.Duration, now time.Time) bool {
	last := n.CreatedAt
	if len(versions) > 0 {
		last = versions[0].keptAt
	}
	return now.Sub(last) >= gap || leavesOutMost(n.text(), next)
}

// longBody is the minimum size of a body in bytes, of which most must not be lost without an earlier version. Somebody who typed less
// can type it again.
const longBody = 100

// leavesOutMost reports whether less than half of a long body is still at the beginning and end of the next one. It isn't at a keystroke,
// only if a large part is deleted or pasted over. Of a text that the service cannot read, it compares the sizes.
func leavesOutMost(text, next seal.Text) bool {
	if text.Sealed != "" {
		return len(next.Sealed) < len(text.Sealed)/2
	}
	before, after := text.Body, next.Body
	shorter := min(len(before), len(after))
	first := 0
	for first < shorter && before[first] == after[first] {
		first++
	}
	last := 0
	for last < shorter-first && before[len(before)-1-last] == after[len(after)-1-last] {
		last++
	}
	return len(before) >= longBody && first+last < len(before)/2
}

// superseded returns the versions to delete when the text of n becomes another version, so that MaxVersions are left. It chooses
// versions that are close to their neighbors for their age, so that many recent ones and few old ones are left. It never
// chooses the oldest one.
func superseded(n *Note, versions []keptVersion, gap time.Duration, now time.Time) (old []int32) {
	left := append([]keptVersion{{n.Version, n.UpdatedAt, now}}, versions...)
	for len(left) > MaxVersions {
		closest, least := 1, 0.0
		for i := 1; i < len(left)-1; i++ {
			between := age(left[i+1], gap, now) / age(left[i-1], gap, now)
			if i == 1 || between < least {
				closest, least = i, between
			}
		}
		old = append(old, int32(left[closest].version)) //nolint:gosec // of a column of this type
		left = append(left[:closest], left[closest+1:]...)
	}
	return old
}

// age returns the age of a version, measured in gaps, plus 1.
func age(v keptVersion, gap time.Duration, now time.Time) float64 {
	return 1 + max(0, now.Sub(v.writtenAt)).Seconds()/gap.Seconds()
}
