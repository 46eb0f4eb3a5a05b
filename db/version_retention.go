package db

import "time"

// MaxVersions is the maximum number of earlier versions of a note.
const MaxVersions = 10

// isDue reports whether the text of a note becomes an earlier version when it is replaced. It does if at least gap has passed
// since the last one was kept, or since the note was created. versions are those of the note, the newest first.
func isDue(n *Note, versions []keptVersion, gap time.Duration, now time.Time) bool {
	last := n.CreatedAt
	if len(versions) > 0 {
		last = versions[0].keptAt
	}
	return now.Sub(last) >= gap
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
