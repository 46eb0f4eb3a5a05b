package db

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Rate limits attempts at something that guards a secret or fills the database: tries at once, and as many again
// per span. It applies to all nodes together. Frequent requests are limited on each node instead (package auth).
type Rate struct {
	what  string
	tries int
	span  time.Duration
}

// The rates. A whole company may share one address, so limits by address are generous and, where even
// that is too strict, count only failures.
var (
	Recoveries        = Rate{"recovery of an account", 5, 15 * time.Minute}      // by the locator of a recovery code
	RecoveriesFrom    = Rate{"recovery from an address", 60, time.Hour}          // by address
	WrongCodesFrom    = Rate{"wrong codes", 120, 10 * time.Minute}               // by address: authorization codes
	WrongSubjectsFrom = Rate{"wrong assertions", 120, 10 * time.Minute}          // by tenant and address: assertions, tickets and identity handles
	SignUpsFrom       = Rate{"new accounts from an address", 1000, time.Hour}    // by address
	Archives          = Rate{"archives of an account", 10, time.Hour}            // by user id
	PageChecks        = Rate{"checks of a tenant's pages", 60, 10 * time.Minute} // by tenant key
	NewTickets        = Rate{"new tickets of a tenant", 6000, time.Minute}       // by tenant key
)

// Changes limits how often one actor may change a tenant's configuration, since the audit log keeps each
// change.
var Changes = Rate{"changes of a tenant", 1000, time.Hour} // by tenant key and actor

// accountEntries limits how many acts of each kind are recorded for an account in an hour. It refuses no act: ending
// a session or removing a passkey may be a defense.
var accountEntries = Rate{"entries of an account", 60, time.Hour} // by user id and action

// newTenants limits how many tenants a person makes, since the rows of deleted ones stay.
var newTenants = Rate{"new tenants of an account", 2 * MaxOwned, 24 * time.Hour} // by user id

// How often refusals are recorded. Deliberate, repeated refusals must not fill the log: an event says that
// something happened, and not how often. Options.Rates does not multiply these.
var (
	refusedCiphertexts = Rate{"refused ciphertexts", 5, time.Hour}   // by ciphertext
	refusedPasskeys    = Rate{"refused passkeys", 5, time.Hour}      // by user id
	refusedLinks       = Rate{"refused links", 1, 10 * time.Minute}  // by user id and tenant key
	refusedTries       = Rate{"refused tries", 1, 10 * time.Minute}  // by rate and caller
	refusals           = Rate{"refusals of a kind", 1000, time.Hour} // by action and tenant key, for all addresses together
)

// A Try is one attempt, counted against a rate.
type Try struct {
	rate Rate
	by   string
	who  Event
}

// By returns a try that is counted by the given words together: an address, a locator, a user's id.
func (r Rate) By(who ...string) Try {
	t := Try{rate: r}
	for _, w := range who {
		t.by += strconv.Itoa(len(w)) + " " + w
	}
	return t
}

// NetworkShare is how many times an address's limit a /48 of IPv6 may use. A subscriber may hold a
// /48, which has 65,536 /64s.
const NetworkShare = 16

// From returns a try by an address and, for IPv6, another by its /48, because a client that is limited
// in one /64 can continue from the next. Both are also counted by who.
func (r Rate) From(address string, who ...string) []Try {
	tries := []Try{r.By(append(who, address)...)}
	if ip, err := netip.ParseAddr(address); err == nil && ip.Unmap().Is6() {
		wide := Rate{r.what + " (network)", r.tries * NetworkShare, r.span}
		tries = append(tries, wide.By(append(who, network(address))...))
	}
	return tries
}

// RecordedAs is Try.RecordedAs for several tries.
func RecordedAs(who Event, tries ...Try) []Try {
	for i := range tries {
		tries[i].who = who
	}
	return tries
}

// RecordedAs returns the try with what the audit log may record if it is refused: a tenant, an actor, an address.
func (t Try) RecordedAs(who Event) Try {
	t.who = who
	return t
}

// Allow counts each of the tries. If any exceeds its rate, it returns CodeRateLimited with the time to
// Wait, does not count the tries over their rate, and records them in the audit log.
//
//	err := d.Allow(ctx, db.Recoveries.By(locator))
//
// A secret that nobody can guess is verified first, and only wrong ones count as tries: failures by
// others at the same address, or with the same locator, do not lock out the person who has the right one.
func (d *DB) Allow(ctx context.Context, tries ...Try) (err error) {
	defer place(&err, "db.Allow")
	return d.countTries(ctx, `SELECT count_try(k, n, s) FROM unnest($1::bytea[], $2::int[], $3::float8[]) AS t(k, n, s)`, tries)
}

// CheckRate is Allow without counting.
func (d *DB) CheckRate(ctx context.Context, tries ...Try) (err error) {
	defer place(&err, "db.CheckRate")
	return d.countTries(ctx, `SELECT try_wait(k, n, s) FROM unnest($1::bytea[], $2::int[], $3::float8[]) AS t(k, n, s)`, tries)
}

func (d *DB) countTries(ctx context.Context, query string, tries []Try) error {
	slices.SortFunc(tries, func(a, b Try) int { // in one order, so that no two calls deadlock
		return cmp.Or(cmp.Compare(a.rate.what, b.rate.what), cmp.Compare(a.by, b.by))
	})
	keys, counts, spans := d.tryArguments(d.rates, tries)
	var waits []float64
	err := d.retry(ctx, func() error {
		c, err := d.acquire(ctx)
		if err != nil {
			return err
		}
		defer c.Release()
		rows, err := c.Query(ctx, query, keys, counts, spans)
		if err != nil {
			return err
		}
		waits, err = pgx.CollectRows(rows, pgx.RowTo[float64])
		return err
	})
	if err != nil {
		return err
	}
	longest := slices.Max(waits)
	if longest <= 0 {
		return nil
	}
	for i, wait := range waits {
		if wait > 0 {
			d.RecordRateLimit(ctx, tries[i].rate.what, tries[i].by, tries[i].who)
		}
	}
	return RateLimited(time.Duration(longest * float64(time.Second)))
}

// countTry counts a try in a transaction and returns 0, or counts nothing and returns how long to wait.
func (d *DB) countTry(ctx context.Context, tx authorityTx, factor float64, t Try) (time.Duration, error) {
	keys, counts, spans := d.tryArguments(factor, []Try{t})
	var wait float64
	err := tx.NewRaw(`SELECT count_try(?, ?, ?)`, keys[0], counts[0], spans[0]).Scan(ctx, &wait)
	return time.Duration(wait * float64(time.Second)), err
}

// tryArguments returns the arguments by which PostgreSQL counts tries: their keys, how many and in what
// span, times factor.
func (d *DB) tryArguments(factor float64, tries []Try) (keys [][]byte, counts []int32, spans []float64) {
	for _, t := range tries {
		keys = append(keys, d.tryKey(t))
		counts = append(counts, int32(math.Ceil(min(float64(t.rate.tries)*factor, math.MaxInt32))))
		spans = append(spans, t.rate.span.Seconds())
	}
	return keys, counts, spans
}

// tryKey returns a key that does not reveal who tries. A plain hash would reveal an address.
func (d *DB) tryKey(t Try) []byte {
	mac := hmac.New(sha256.New, d.tryHash)
	mac.Write([]byte(t.rate.what + "\x00" + t.by))
	return mac.Sum(nil)
}

// RateLimited returns the error for too many attempts.
func RateLimited(wait time.Duration) *Error {
	return &Error{Code: CodeRateLimited, Message: "Too many attempts. Wait " + formatWait(wait) + " and try again.", Wait: wait}
}

// formatWait returns a duration in words, rounded up.
func formatWait(wait time.Duration) string {
	n, unit := int(math.Ceil(wait.Seconds())), "second"
	if n > 90 {
		n, unit = int(math.Ceil(wait.Minutes())), "minute"
	}
	if n > 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}
