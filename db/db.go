package db

import (
	"context"
	"crypto/cipher"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/db/seal"
)

// Options configure Open. The zero value of a field means its default.
type Options struct {
	MaxConns         int             // connections in the pool; default 16
	AcquireTimeout   time.Duration   // how long a request waits for a connection before it fails with ErrBusy; default 2 s
	StatementTimeout time.Duration   // of one statement on the server; default 5 s
	Limits           Limits          // per owner; default DefaultLimits
	SessionCache     time.Duration   // how long a session that was looked up is cached; default 2 s; negative: not at all
	Rates            float64         // multiplies every Rate; default 1
	AuditRetention   time.Duration   // how long the audit log is kept, at least 30 days; default: forever
	Log              *slog.Logger    // default: discard
	Tracer           pgx.QueryTracer // traces the statements of serving connections; default: none
}

// A DB is a pool of serving connections. Hot statements are prepared on each connection and sent in batches,
// in one round trip. All others go through bun.
type DB struct {
	url    string // the owner's
	pool   *pgxpool.Pool
	bun    *bun.DB
	keys   *seal.Keyring
	limits Limits
	log    *slog.Logger

	sessions       *sessionCache
	acquireTimeout time.Duration
	searches       semaphore
	usage          *usageCounter
	sightings      *sightings
	feed           *feed.Feed
	pairwise       []byte   // key for ViewerID
	ceremonyKey    seal.Key // of the state of ceremonies
	handleKey      seal.Key // for user handles
	rates          float64
	tryHash        []byte       // key for tryKey
	members        []byte       // key for MemberID
	sealing        atomic.Int32 // a sealingState
	contracted     atomic.Bool  // no contract migration is left to apply
	leftoversSwept atomic.Bool  // sweepLeftovers has run without a node of the release before
	tokens         cipher.AEAD  // of the users in tokens

	auditRetention time.Duration // 0: forever
	deletions      atomic.Uint64 // of notes, by this node

	timeline          *timeline // nil with one host
	checkingPrimaries atomic.Bool
	outages           outageLog
	lastReset         atomic.Int64 // of the pool's connections, in Unix nanoseconds
	lastAnswer        atomic.Int64 // from PostgreSQL, in Unix nanoseconds
}

// Open connects to a migrated database. The URL is the owner's; the connections become aside_app. Open fails
// when the database does not answer, and returns ErrMasterKey when keys lacks a master key that something in
// the database is sealed under.
func Open(ctx context.Context, url string, keys *seal.Keyring, o Options) (*DB, error) {
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	if o.AcquireTimeout == 0 {
		o.AcquireTimeout = 2 * time.Second
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 5 * time.Second
	}
	if o.SessionCache == 0 {
		o.SessionCache = 2 * time.Second
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	if o.Rates == 0 {
		o.Rates = 1
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	config, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = int32(o.MaxConns) //nolint:gosec // a small configured number
	config.MaxConnIdleTime = 5 * time.Minute
	config.MaxConnLifetime = time.Hour
	timeline := configureServing(config.ConnConfig, o.StatementTimeout)
	if o.Tracer != nil {
		config.ConnConfig.Tracer = multitracer.New(config.ConnConfig.Tracer, o.Tracer)
	}
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		for _, statement := range slices.Concat(transactionStatements, personStatements, authorityStatements) {
			if _, err := c.Prepare(ctx, statement, statement); err != nil {
				return fmt.Errorf("prepare %q: %w", statement, err)
			}
		}
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	d := &DB{
		url:  url,
		pool: pool,

		timeline: timeline,
		keys:     keys,
		limits:   o.Limits,
		log:      o.Log,

		sessions:       newSessionCache(o.SessionCache),
		rates:          o.Rates,
		acquireTimeout: o.AcquireTimeout,
		searches:       newSemaphore(runtime.GOMAXPROCS(0), o.AcquireTimeout),

		auditRetention: o.AuditRetention,
	}
	timeline.setPoolReset(pool.Reset)
	d.bun = bun.NewDB(d.sqlDB(), pgdialect.New())
	d.feed = feed.New(changeSource{d})
	if err := refuseUnfinished(ctx, d.pool); err != nil {
		pool.Close()
		return nil, err
	}
	if err := d.checkMasterKeys(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	if err := d.openRootSecret(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	d.pairwise, d.members, d.tryHash = keys.Derive("pairwise id"), keys.Derive("member id"), keys.Derive("try")
	d.ceremonyKey = seal.NewKey(keys.Derive("ceremony"))
	d.handleKey = seal.NewKey(keys.Derive("user handle"))
	d.usage = newUsageCounter(keys.Derive("usage"))
	d.sightings = &sightings{}
	d.sightings.take()
	d.tokens = newTokenCipher(keys.Derive("session token"))
	if _, err := d.readSealing(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	if err := d.readUpgrade(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return d, nil
}

// Ping returns an error when the database does not answer.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.pool.Ping(ctx); err != nil {
		return connectError(err)
	}
	return nil
}

// Close announces the last changes, writes the usage counts, waits for running statements and closes the
// pool.
func (d *DB) Close() {
	d.feed.Close(closeTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	if err := d.FlushUsage(ctx); err != nil {
		d.log.Error("the last second of usage could not be written", "error", err)
	}
	cancel()
	_ = d.bun.Close()
	d.pool.Close()
}

// closeTimeout limits each step of Close, since the database may not answer.
const closeTimeout = 3 * time.Second

// Stat returns the state of the pool, for metrics.
func (d *DB) Stat() *pgxpool.Stat { return d.pool.Stat() }
