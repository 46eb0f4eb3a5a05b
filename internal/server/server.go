package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/graph"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/telemetry"
	"github.com/company-a/aside/internal/webhook"
	"github.com/company-a/aside/widget"
)

// ShutdownGrace is how long open requests have to finish when the server stops.
const ShutdownGrace = 20 * time.Second

// A Server is one node: its listeners and what answers on them.
type Server struct {
	log       *slog.Logger
	db        *db.DB
	account   string // origins
	frame     string
	shop      string // "" without the demo
	webhooks  *webhook.Sender
	listeners []net.Listener
	endpoints []endpoint
}

// An endpoint answers on one listener.
type endpoint struct {
	net.Listener
	*http.Server
}

// New opens the listeners and wires everything that answers on them. It refuses an account origin that the database's
// passkeys are not bound to. It sends what t says.
func New(ctx context.Context, c *Config, d *db.DB, keys *seal.Keyring, log *slog.Logger, t *telemetry.Telemetry) (_ *Server, err error) {
	s := &Server{log: log, db: d}
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
	if err := s.setOrigins(ctx, c, public); err != nil {
		return nil, err
	}
	authServer, err := auth.New(auth.Config{
		DB: d, Keys: keys, AccountOrigin: s.account, FrameOrigin: s.frame,
		SessionIdle: c.SessionIdle, SessionLife: c.SessionLife, Rates: c.Rates, Log: log,
	})
	if err != nil {
		return nil, err
	}
	development := strings.HasPrefix(s.account, "http://")
	s.webhooks = webhook.New(d, development, log)
	api := graph.NewHandler(graph.Config{DB: d, Keys: keys, Log: log, Open: c.GraphQLOpen, Streams: c.Streams,
		AccountOrigin: s.account, OperatorTenants: !c.SelfServe,
		Documents: widget.Documents(), FrameOrigin: s.frame, Assertions: authServer.Assertions(), Loopback: development})
	handler, err := s.routes(c, authServer, api)
	if err != nil {
		return nil, err
	}
	proxies, err := address.ParseProxies(c.Proxies)
	if err != nil {
		return nil, err
	}
	m := newMetrics(d)
	if err := t.SendMetrics(ctx, m.registry); err != nil {
		return nil, err
	}
	s.add(public, m.observe(proxies.Resolve(logRequests(handler, log)), t))
	s.add(admin, adminRoutes(m))
	if c.Demo {
		return s, s.addDemo(ctx, c, keys)
	}
	return s, nil
}

// setOrigins sets the account and frame origins, and refuses those that cannot work.
func (s *Server) setOrigins(ctx context.Context, c *Config, public net.Listener) error {
	s.account = originOf(c.Origin, "aside.localhost", public)
	s.frame = originOf(c.FrameOrigin, "aside-frame.localhost", public)
	warning, err := checkOrigins(s.account, s.frame)
	if err != nil {
		return err
	}
	if warning != "" {
		s.log.Warn(warning)
	}
	return s.db.StoreAccountOrigin(ctx, s.account, c.ChangeRPID)
}

func (s *Server) listen(at string) (net.Listener, error) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w; stop the other process, or choose another address", err)
	}
	s.listeners = append(s.listeners, l)
	return l, nil
}

// add lets h answer on a listener.
func (s *Server) add(l net.Listener, h http.Handler) {
	s.endpoints = append(s.endpoints, endpoint{l, &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}})
}

// Serve answers until ctx ends or databaseDone is closed, then lets open requests finish. It writes a line to stdout
// when the node is ready.
func (s *Server) Serve(ctx context.Context, stdout io.Writer, databaseDone <-chan struct{}) error {
	failed := make(chan error, len(s.endpoints))
	for _, e := range s.endpoints {
		go func() { failed <- e.Serve(e.Listener) }()
	}
	background, stopBackground := context.WithCancel(ctx)
	defer stopBackground()
	go s.sweep(background)
	go s.writeUsage(background)
	webhooksDone := make(chan struct{})
	go func() {
		defer close(webhooksDone)
		s.webhooks.Run(background)
	}()
	go s.db.Follow(background) // streams end with it; otherwise they would delay the shutdown

	debug.FreeOSMemory() // what only the start needed
	fmt.Fprintf(stdout, "ready %s %s\n", s.account, s.frame)
	if s.shop != "" {
		fmt.Fprintf(stdout, "Open the demo shop at %s\n", s.shop)
	}
	var err error
	select {
	case <-ctx.Done():
	case <-databaseDone:
		err = errors.New("PostgreSQL has stopped and could not be restarted")
	case err = <-failed:
	}
	s.log.Info("stopping")
	stopBackground()
	grace, cancel := context.WithTimeout(context.Background(), ShutdownGrace)
	defer cancel()
	for _, e := range s.endpoints {
		err = errors.Join(err, e.Shutdown(grace))
	}
	select {
	case <-webhooksDone:
	case <-grace.Done():
	}
	return err
}

// writeUsage writes the counters that tenants are billed by, and where widgets were shown, to the database every second. Closing the database writes
// the rest.
func (s *Server) writeUsage(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.db.FlushUsage(ctx); err != nil && db.Outage(err) == nil && ctx.Err() == nil {
				s.log.LogAttrs(ctx, slog.LevelError, "usage could not be written; it is kept for the next attempt", fault.Attrs(err)...)
			}
			if err := s.db.FlushSightings(ctx); err != nil && db.Outage(err) == nil && ctx.Err() == nil {
				s.log.LogAttrs(ctx, slog.LevelWarn, "where widgets were shown could not be written", fault.Attrs(err)...)
			}
		}
	}
}

// sweep removes expired rows every five minutes.
func (s *Server) sweep(ctx context.Context) {
	ticker := time.NewTicker(5 * time.Minute)
	defer ticker.Stop()
	for {
		if err := s.db.Sweep(ctx); err != nil && db.Outage(err) == nil && ctx.Err() == nil {
			s.log.LogAttrs(ctx, slog.LevelError, "expired rows could not be removed", fault.Attrs(err)...)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
