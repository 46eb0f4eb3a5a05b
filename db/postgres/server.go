package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Config says where a cluster lives and who hears of it.
type Config struct {
	// DataDir is the service's directory; empty is ".aside". It is made, with
	// mode 0700, where it is missing.
	DataDir string

	// Bin is the directory of the programs initdb and postgres to use. Empty are
	// those that PATH leads to, or else the newest on this machine; and always
	// those of the version that made the cluster, where there is one.
	Bin string

	// Log receives PostgreSQL's own log and what happens to its process.
	// Nil discards both.
	Log *slog.Logger

	// Settings are added to postgresql.conf and win over the package's own.
	// Tests turn fsync off here; initdb then doesn't wait for the disk either.
	Settings map[string]string
}

// A Server is a running cluster. Its methods may be called from any goroutine.
type Server struct {
	log      *slog.Logger
	cluster  string // PGDATA
	sockets  string // directory of the unix socket
	binaries binaries
	account  account
	settings map[string]string
	lock     *lock

	quit   chan struct{} // closed by the first Stop
	hurry  chan struct{} // closed when a Stop ran out of patience
	done   chan struct{}
	once   sync.Once
	rushed sync.Once
	err    error // why it ended; read after done
}

// Start brings up the cluster of c.DataDir and returns once it accepts
// connections: it finds PostgreSQL's binaries or installs them, makes the
// cluster, the role and the database on first use, and recovers what an
// earlier service left behind. ctx bounds the start alone; the server runs
// until Stop, or until the calling process ends, however it ends.
//
// libpq's variables (PGSERVICE, PGOPTIONS, …) go from the environment of the
// calling process.
//
// The error is ErrRunning where a service already runs on that directory.
// Other errors say in plain words what is missing and what to do about it.
func Start(ctx context.Context, c Config) (*Server, error) {
	return start(ctx, c, thisMachine, stubborn)
}

func start(ctx context.Context, c Config, m machine, try persistence) (_ *Server, err error) {
	s := &Server{
		log:      c.Log,
		settings: c.Settings,
		quit:     make(chan struct{}),
		hurry:    make(chan struct{}),
		done:     make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			s.release()
		}
	}()

	forgetEnvironment()
	if _, err := userName(ctx, os.Getuid()); err != nil {
		return nil, err
	}
	home, err := openHome(c.DataDir)
	if err != nil {
		return nil, err
	}
	s.cluster, s.lock = home.cluster, home.lock
	if home.forgotten != "" {
		s.log.Warn("an earlier cluster of this directory is left as it is; nothing links to it", "cluster", home.forgotten)
	}
	major, err := clusterMajor(s.cluster)
	if err != nil {
		return nil, err
	}
	if s.account, err = clusterAccount(s.cluster, major != 0); err != nil {
		return nil, err
	}
	if c.Bin != "" {
		m.bin = c.Bin
	}
	if s.binaries, err = m.findOrInstall(ctx, home.dataDir, s.account, major, s.log); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := s.initialize(ctx); err != nil {
			return nil, err
		}
	}
	if err := home.link(); err != nil {
		return nil, err
	}
	if s.sockets, err = makeSocketDir(s.account); err != nil {
		return nil, err
	}
	if err := s.lock.describe(s.sockets); err != nil {
		return nil, err
	}
	p, err := s.up(ctx)
	if err != nil {
		return nil, err
	}
	if err := provision(ctx, s); err != nil {
		p.end(s.quitNow())
		return nil, err
	}
	go s.supervise(p, try)
	return s, nil
}

// URL is the postgres URL of the database "aside" for its owner, the role
// "aside": LOGIN, CREATEROLE, CREATEDB, no superuser. It holds no secret: it
// works for the operating system user that started the server, and no other.
// It stays the same for the server's life, also when PostgreSQL is restarted.
func (s *Server) URL() string { return s.url(owner, database) }

// SuperuserURL is the same for the cluster's superuser, in the database
// "postgres". It is meant for tests and for repairs by hand.
func (s *Server) SuperuserURL() string { return s.url(superuser, "postgres") }

// Command prepares one of PostgreSQL's client programs ("pg_dump", "psql"), of
// the server's own version, for the caller to run; it takes a URL of this
// server's as an argument. PATH may hold another version, or none.
func (s *Server) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.binaries.dir, program), args...)
	if s.binaries.libraries != "" {
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+s.binaries.libraries)
	}
	return cmd
}

// Done is closed when PostgreSQL has exited for good: after Stop, or when it
// died and could not be started again. Err then says which.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err is nil while the server runs and after an orderly Stop; else it is why
// PostgreSQL could not be kept running.
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Stop shuts PostgreSQL down and waits until it has exited: sessions are
// ended, what they had not committed is rolled back, and a checkpoint is
// written. Where ctx ends first the checkpoint is forgone, the next start
// recovers from the log instead, and ctx's error is returned once PostgreSQL
// is gone. Calling it again waits for the same end.
func (s *Server) Stop(ctx context.Context) error {
	s.once.Do(func() { close(s.quit) })
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		s.rushed.Do(func() { close(s.hurry) })
		<-s.done
		return fmt.Errorf("stopping PostgreSQL at once, without a checkpoint: %w", context.Cause(ctx))
	}
}

// release gives back what Start took. It is called once no postmaster runs.
func (s *Server) release() {
	if s.sockets != "" {
		if err := os.RemoveAll(s.sockets); err != nil {
			s.log.Warn("leaving the socket's directory behind", "error", err)
		}
	}
	s.lock.release()
}

// quitNow is a channel that makes postmaster.end skip its patience.
func (s *Server) quitNow() <-chan struct{} {
	s.rushed.Do(func() { close(s.hurry) })
	return s.hurry
}

// up starts a postmaster on the cluster and waits until it accepts
// connections. It is used for the first start and for every later one.
func (s *Server) up(ctx context.Context) (*postmaster, error) {
	if err := clearLeftovers(ctx, s.cluster, s.account); err != nil {
		return nil, err
	}
	if err := s.configure(); err != nil {
		return nil, err
	}
	begin := time.Now()
	p, err := launch(s)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx, s.cluster); err != nil {
		p.end(s.quitNow())
		return nil, err
	}
	s.log.Info("PostgreSQL is ready", "cluster", s.cluster, "pid", p.pid, "version", s.binaries.major, "took", time.Since(begin).Round(time.Millisecond).String())
	return p, nil
}
