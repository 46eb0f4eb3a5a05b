package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/postgres"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/graph"
	"github.com/company-a/aside/widget"
)

type serveCommand struct{ serveConfig }

// How long requests under way may take to finish once the service is told to stop.
const shutdownGrace = 20 * time.Second

// Run serves until the environment's context ends, then lets requests under way finish.
func (c *serveCommand) Run(env *environment) (err error) {
	b := thisBuild()
	env.log.Info("starting", "version", b.Version, "revision", b.Revision, "go", b.Go)
	store, err := open(env, &c.databaseConfig, db.Options{MaxConns: c.Connections, AcquireTimeout: c.Patience, Rates: c.Rates,
		AuditRetention: time.Duration(c.Audit)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()

	s, err := newService(env, &c.serveConfig, store)
	if err != nil {
		return err
	}
	return s.serve(env, store.done())
}

// A store is the database with whatever runs it.
type store struct {
	url      string // the owner's
	db       *db.DB
	keys     *seal.Keyring
	embedded *postgres.Server // nil when the operator runs PostgreSQL
}

// open starts PostgreSQL if it is ours to start, migrates it and connects to it.
func open(env *environment, c *databaseConfig, o db.Options) (*store, error) {
	return openWith(env, c, o, func(err error) (string, error) { return "", err })
}

// openBeside is open for commands that may run beside a service: they use its PostgreSQL.
func openBeside(env *environment, c *databaseConfig) (*store, error) {
	return openWith(env, c, db.Options{}, ofRunning)
}

// ofRunning gives the URL of the PostgreSQL that a running service has, where that is why ours did
// not start.
func ofRunning(err error) (string, error) {
	var running *postgres.RunningError
	if errors.As(err, &running) && running.URL() != "" {
		return running.URL(), nil
	}
	return "", err
}

func openWith(env *environment, c *databaseConfig, o db.Options, instead func(error) (string, error)) (_ *store, err error) {
	s := &store{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	var noKey bool
	if s.keys, err = c.keyring(env); errors.Is(err, errNoKey) {
		noKey = true
	} else if err != nil {
		return nil, err
	}
	if err := s.reach(env, c, instead); err != nil {
		return nil, err
	}
	if noKey {
		if s.keys, err = c.newKeyring(env, s.url); err != nil {
			return nil, err
		}
	}
	applied, err := db.Migrate(env.ctx, s.url)
	if err != nil {
		return nil, err
	}
	if len(applied) > 0 {
		env.log.Info("database migrated", "migrations", applied)
	}
	o.Log = env.log
	s.db, err = db.Open(env.ctx, s.url, s.keys, o)
	return s, err
}

// reach finds the database, or starts it, and neither migrates it nor opens it.
func (s *store) reach(env *environment, c *databaseConfig, instead func(error) (string, error)) (err error) {
	if s.url = string(c.DatabaseURL); s.url != "" {
		return nil
	}
	s.embedded, err = postgres.Start(env.ctx, postgres.Config{DataDir: c.DataDir, Bin: c.PostgresBin, Log: env.log})
	if err != nil {
		s.url, err = instead(err)
		return err
	}
	s.url = s.embedded.URL()
	return nil
}

// done is closed when an embedded PostgreSQL has ended for good.
func (s *store) done() <-chan struct{} {
	if s.embedded == nil {
		return nil
	}
	return s.embedded.Done()
}

func (s *store) close() error {
	if s.db != nil {
		s.db.Close()
	}
	if s.embedded == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	return s.embedded.Stop(ctx)
}

// A service is everything that listens.
type service struct {
	log       *slog.Logger
	db        *db.DB
	account   string // origins
	frame     string
	demo      string // "" without the demo
	listeners []net.Listener
	servers   []server
}

type server struct {
	net.Listener
	*http.Server
}

func newService(env *environment, c *serveConfig, store *store) (_ *service, err error) {
	s := &service{log: env.log, db: store.db}
	defer func() {
		if err != nil {
			for _, l := range s.listeners {
				_ = l.Close()
			}
		}
	}()
	public, err := s.listen(c.Listen)
	if err != nil {
		return nil, err
	}
	admin, err := s.listen(c.AdminListen)
	if err != nil {
		return nil, err
	}
	s.account = at(c.Origin, "aside.localhost", public)
	s.frame = at(c.FrameOrigin, "aside-frame.localhost", public)
	warning, err := checkOrigins(s.account, s.frame)
	if err != nil {
		return nil, err
	}
	if warning != "" {
		env.log.Warn(warning)
	}
	if err := store.db.KeepAccountOrigin(env.ctx, s.account, c.ChangeRPID); err != nil {
		return nil, err
	}

	authServer, err := auth.New(auth.Config{
		DB: store.db, Keys: store.keys, AccountOrigin: s.account, FrameOrigin: s.frame,
		SessionIdle: c.SessionIdle, SessionLife: c.SessionLife, Rates: c.Rates, Log: env.log,
	})
	if err != nil {
		return nil, err
	}
	api := graph.NewHandler(graph.Config{DB: store.db, Keys: store.keys, Log: env.log, Open: c.GraphQLOpen, Streams: c.Streams,
		AccountOrigin: s.account, OperatorTenants: !c.SelfServe,
		Documents: widget.Documents(), Assertions: authServer, Loopback: strings.HasPrefix(s.account, "http://")})
	handler, err := routes(s.account, s.frame, c.SelfServe, store.db, authServer, api, env.log)
	if err != nil {
		return nil, err
	}
	trusted, err := parseProxies(c.Proxies)
	if err != nil {
		return nil, err
	}
	metrics := newMetrics(store.db)
	s.add(public, metrics.observe(trusted.resolve(manners(handler, env.log))))
	s.add(admin, adminRoutes(metrics))
	if c.Demo {
		return s, s.addDemo(env, c, store.keys)
	}
	return s, nil
}

func (s *service) listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w; is another aside running, or give another address", err)
	}
	s.listeners = append(s.listeners, l)
	return l, nil
}

// add has a listener answered by h.
func (s *service) add(l net.Listener, h http.Handler) {
	s.servers = append(s.servers, server{l, &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}})
}

// serve answers until the environment's context ends or the database has gone for good.
func (s *service) serve(env *environment, databaseGone <-chan struct{}) error {
	failed := make(chan error, len(s.servers))
	for _, server := range s.servers {
		go func() { failed <- server.Serve(server.Listener) }()
	}
	sweeping, stopSweeping := context.WithCancel(env.ctx)
	defer stopSweeping()
	go s.sweep(sweeping)
	go s.count(sweeping)
	go s.db.Follow(sweeping) // streams end with it: they would hold up the stop

	fmt.Fprintf(env.stdout, "ready %s %s\n", s.account, s.frame)
	if s.demo != "" {
		fmt.Fprintf(env.stdout, "Open the demo shop at %s\n", s.demo)
	}
	var err error
	select {
	case <-env.ctx.Done():
	case <-databaseGone:
		err = errors.New("PostgreSQL has ended and could not be started again")
	case err = <-failed:
	}
	s.log.Info("stopping")
	stopSweeping()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	for _, server := range s.servers {
		err = errors.Join(err, server.Shutdown(ctx))
	}
	return err
}

// count writes down what tenants are billed for, each second. The rest is written when the
// database is closed.
func (s *service) count(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.db.FlushUsage(ctx); err != nil && db.Outage(err) == nil && ctx.Err() == nil {
				s.log.Error("usage could not be written, and is kept", "error", err)
			}
		}
	}
}

// sweep removes what has expired, every few minutes.
func (s *service) sweep(ctx context.Context) {
	ticker := time.NewTicker(5 * time.Minute)
	defer ticker.Stop()
	for {
		if err := s.db.Sweep(ctx); err != nil && db.Outage(err) == nil && ctx.Err() == nil {
			s.log.Error("sweep failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
