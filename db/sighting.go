package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// A Sighting says what last happened with a tenant's widget on the pages of an origin. It says nothing about a person. Anybody can ask
// for a frame as a page would, so it helps a developer and proves nothing.
type Sighting struct {
	EmbedOrigin string
	ShownAt     *time.Time
	SignedInAt  *time.Time
	RefusedAt   *time.Time
	Refusal     string // why, when it was last refused
}

// MaxSightings is how many origins LastSeen returns.
const MaxSightings = 200

// The most origins without an entry in embed_origins that are stored for a tenant: anybody can name one.
const (
	maxUnlisted     = 50  // between two flushes
	maxUnlistedHour = 200 // in an hour
)

// sightings counts in memory what happens with widgets, until FlushSightings stores it.
type sightings struct {
	flushing sync.Mutex
	mu       sync.Mutex
	seen     map[sightedAt]*sighting
	unlisted map[string]int // tenant key -> entries of origins that are not listed
}

type sightedAt struct {
	tenantKey, origin string
	hour              time.Time
}

func (a sightedAt) compare(b sightedAt) int {
	return cmp.Or(cmp.Compare(a.tenantKey, b.tenantKey), cmp.Compare(a.origin, b.origin), a.hour.Compare(b.hour))
}

type sighting struct {
	shown, signIns, refused            int64
	lastShown, lastSignIn, lastRefusal time.Time
	refusal                            string
}

// WidgetShown counts that a page of an origin was given the tenant's widget.
func (d *DB) WidgetShown(t *Tenant, origin string) {
	d.sightings.add(t, origin, func(s *sighting, now time.Time) { s.shown, s.lastShown = s.shown+1, now })
}

// WidgetSignedIn counts a sign-in in the widget on a page of an origin.
func (d *DB) WidgetSignedIn(t *Tenant, origin string) {
	d.sightings.add(t, origin, func(s *sighting, now time.Time) { s.signIns, s.lastSignIn = s.signIns+1, now })
}

// WidgetRefused counts that a page of an origin was not given the widget, or its assertion was refused. why is for the tenant's
// developer, and must not contain anything about a visitor.
func (d *DB) WidgetRefused(t *Tenant, origin, why string) {
	d.sightings.add(t, origin, func(s *sighting, now time.Time) {
		s.refused, s.lastRefusal, s.refusal = s.refused+1, now, truncate(why, 300)
	})
}

func (c *sightings) add(t *Tenant, origin string, count func(*sighting, time.Time)) {
	if len(origin) > 300 || !validText(origin) {
		return
	}
	now := time.Now().UTC()
	at := sightedAt{t.Key, origin, now.Truncate(time.Hour)}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seen[at]
	if s == nil {
		if !slices.Contains(t.EmbedOrigins, origin) {
			if c.unlisted[t.Key] >= maxUnlisted {
				return
			}
			c.unlisted[t.Key]++
		}
		s = &sighting{}
		c.seen[at] = s
	}
	count(s, now)
}

func (c *sightings) take() map[sightedAt]*sighting {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen, c.unlisted = map[sightedAt]*sighting{}, map[string]int{}
	return seen
}

// FlushSightings stores what was counted since the last flush. Counts that can't be stored are lost: nobody is billed by them.
func (d *DB) FlushSightings(ctx context.Context) (err error) {
	defer place(&err, "db.FlushSightings")
	d.sightings.flushing.Lock()
	defer d.sightings.flushing.Unlock()
	seen := d.sightings.take()
	keys := slices.SortedFunc(maps.Keys(seen), sightedAt.compare) // in one order, so that nodes do not deadlock
	for chunk := range slices.Chunk(keys, 1000) {
		var tenants, origins, refusals []string
		var hours, lastShown, lastSignIn, lastRefusal []string
		var shown, signIns, refused []int64
		for _, at := range chunk {
			s := seen[at]
			tenants, origins, hours = append(tenants, at.tenantKey), append(origins, at.origin), append(hours, at.hour.Format(time.RFC3339Nano))
			shown, signIns, refused = append(shown, s.shown), append(signIns, s.signIns), append(refused, s.refused)
			lastShown, lastSignIn, lastRefusal = append(lastShown, timeText(s.lastShown)), append(lastSignIn, timeText(s.lastSignIn)), append(lastRefusal, timeText(s.lastRefusal))
			refusals = append(refusals, s.refusal)
		}
		err := d.asAuthority(ctx, func(tx authorityTx) error {
			_, err := tx.NewRaw(`INSERT INTO embed_sightings AS s (tenant_key, embed_origin, hour, shown, signed_in, refused, shown_at, signed_in_at, refused_at, refusal)
				SELECT n.tenant, n.origin, n.hour::timestamptz, n.shown, n.signed_in, n.refused,
					nullif(n.shown_at, '')::timestamptz, nullif(n.signed_in_at, '')::timestamptz, nullif(n.refused_at, '')::timestamptz, n.refusal
				FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[])
					AS n(tenant, origin, hour, shown, signed_in, refused, shown_at, signed_in_at, refused_at, refusal)
				WHERE EXISTS (SELECT FROM embed_origins o WHERE o.tenant_key = n.tenant AND o.origin = n.origin)
					OR EXISTS (SELECT FROM embed_sightings e WHERE e.tenant_key = n.tenant AND e.embed_origin = n.origin AND e.hour = n.hour::timestamptz)
					OR (SELECT count(*) FROM embed_sightings e WHERE e.tenant_key = n.tenant AND e.hour = n.hour::timestamptz) < ?
				ORDER BY n.tenant, n.origin, n.hour
				ON CONFLICT (tenant_key, embed_origin, hour) DO UPDATE SET
					shown = s.shown + excluded.shown, signed_in = s.signed_in + excluded.signed_in, refused = s.refused + excluded.refused,
					shown_at = greatest(s.shown_at, excluded.shown_at), signed_in_at = greatest(s.signed_in_at, excluded.signed_in_at),
					refused_at = greatest(s.refused_at, excluded.refused_at), refusal = CASE WHEN excluded.refused > 0 THEN excluded.refusal ELSE s.refusal END`,
				pgdialect.Array(tenants), pgdialect.Array(origins), pgdialect.Array(hours), pgdialect.Array(shown), pgdialect.Array(signIns), pgdialect.Array(refused),
				pgdialect.Array(lastShown), pgdialect.Array(lastSignIn), pgdialect.Array(lastRefusal), pgdialect.Array(refusals), maxUnlistedHour).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// LastSeen returns what last happened with a tenant's widget, by origin, the latest first.
func (d *DB) LastSeen(ctx context.Context, tenantKey string) (list []*Sighting, err error) {
	defer place(&err, "db.LastSeen")
	if err := d.FlushSightings(ctx); err != nil { // so that the result includes what this node has just counted
		return nil, err
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT embed_origin, max(shown_at) AS shown_at, max(signed_in_at) AS signed_in_at, max(refused_at) AS refused_at,
				coalesce((array_agg(refusal ORDER BY refused_at DESC) FILTER (WHERE refused_at IS NOT NULL))[1], '') AS refusal
			FROM embed_sightings WHERE tenant_key = ? GROUP BY embed_origin
			ORDER BY greatest(max(shown_at), max(signed_in_at), max(refused_at)) DESC, embed_origin LIMIT ?`, tenantKey, MaxSightings).Scan(ctx, &list)
	})
	return list, err
}
