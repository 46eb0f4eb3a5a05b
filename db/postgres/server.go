package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Config says where a cluster is and how to run it.
type Config struct {
	// DataDir is the service's directory; empty means ".aside". It is made, with mode 0700, if it is missing.
	DataDir string

	// Bin is the directory of initdb and postgres. Empty means those in PATH, or else the newest on
	// this machine, and for an existing cluster always those of its version.
	Bin string

	// Log receives PostgreSQL's log and what happens to its process. Nil discards both.
	Log *slog.Logger

	// Settings are added to postgresql.conf and override the package's own. Tests turn fsync off here;
	// initdb then doesn't wait for the disk either.
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

	quit          chan struct{} // closed by the first Stop
	immediate     chan struct{} // closed to stop at once: the context of a Stop ended, or Start failed
	done          chan struct{}
	quitOnce      sync.Once
	immediateOnce sync.Once
	err           error // why it ended; read after done is closed
}

// Start starts the cluster of c.DataDir and returns when it accepts connections. It finds or installs
// PostgreSQL's binaries, makes the cluster, the role and the database on first use, and cleans up after
// an earlier service that was killed. ctx limits only the start: the server runs until Stop, or until
// the calling process ends for any reason.
//
// Start removes libpq's variables (PGSERVICE, PGOPTIONS, …) from the environment of the calling process.
//
// It returns ErrRunning if a service already runs on that directory. Other errors say what is missing
// and what to do about it.
func Start(ctx context.Context, c Config) (*Server, error) {
	return start(ctx, c, thisMachine, defaultRestarts)
}

func start(ctx context.Context, c Config, m machine, try restartPolicy) (_ *Server, err error) {
	s := &Server{
		log:       c.Log,
		settings:  c.Settings,
		quit:      make(chan struct{}),
		immediate: make(chan struct{}),
		done:      make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			s.release()
		}
	}()

	unsetEnvironment()
	if _, err := userName(ctx, os.Getuid()); err != nil {
		return nil, err
	}
	location, err := locateCluster(c.DataDir)
	if err != nil {
		return nil, err
	}
	s.cluster, s.lock = location.cluster, location.lock
	if location.unlinked != "" {
		s.log.Warn("an earlier cluster of this directory is left as it is; nothing links to it", "cluster", location.unlinked)
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
	if s.binaries, err = m.findOrInstall(ctx, location.dataDir, s.account, major, s.log); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := s.initialize(ctx); err != nil {
			return nil, err
		}
	}
	if err := location.link(); err != nil {
		return nil, err
	}
	if s.sockets, err = makeSocketDir(s.account); err != nil {
		return nil, err
	}
	if err := s.lock.writeHolder(s.sockets); err != nil {
		return nil, err
	}
	p, err := s.startPostmaster(ctx)
	if err != nil {
		return nil, err
	}
	if err := createOwnerAndDatabase(ctx, s); err != nil {
		p.shutDown(s.stopImmediately())
		return nil, err
	}
	go s.supervise(p, try)
	return s, nil
}

// URL returns the URL of the database "aside" for its owner, the role "aside": LOGIN, CREATEROLE,
// CREATEDB, no superuser. It holds no secret: it works only for the operating system user that started
// the server. It stays the same for the server's life, even when PostgreSQL is restarted.
func (s *Server) URL() string { return s.url(owner, database) }

// SuperuserURL returns the URL of the database "postgres" for the cluster's superuser, for tests and
// for repairs by hand.
func (s *Server) SuperuserURL() string { return s.url(superuser, "postgres") }

// Command prepares one of PostgreSQL's client programs ("pg_dump", "psql"), of the server's version, for the
// caller to run with one of this server's URLs as an argument. PATH may hold another version, or none.
func (s *Server) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.binaries.dir, program), args...)
	if s.binaries.libraries != "" {
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+s.binaries.libraries)
	}
	return cmd
}

// Done returns a channel that is closed when PostgreSQL has exited for good: after Stop, or when it
// died and could not be started again. Err then says which.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err returns nil while the server runs and after an orderly Stop, and otherwise why PostgreSQL could
// not be kept running.
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Stop shuts PostgreSQL down and waits until it has exited: it ends the sessions, rolls back open transactions
// and writes a checkpoint. If ctx ends first, it skips the checkpoint, so that the next start recovers from the
// log, and returns ctx's error once PostgreSQL has exited. Another call waits for the same exit.
func (s *Server) Stop(ctx context.Context) error {
	s.quitOnce.Do(func() { close(s.quit) })
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		s.immediateOnce.Do(func() { close(s.immediate) })
		<-s.done
		return fmt.Errorf("stopping PostgreSQL at once, without a checkpoint: %w", context.Cause(ctx))
	}
}

// release releases what Start took. It is called when no postmaster runs.
func (s *Server) release() {
	if s.sockets != "" {
		if err := os.RemoveAll(s.sockets); err != nil {
			s.log.Warn("leaving the socket's directory behind", "error", err)
		}
	}
	s.lock.release()
}

// stopImmediately returns a channel that makes postmaster.end stop at once.
func (s *Server) stopImmediately() <-chan struct{} {
	s.immediateOnce.Do(func() { close(s.immediate) })
	return s.immediate
}

// startPostmaster starts a postmaster on the cluster and waits until it accepts connections, at the first start and
// at each restart.
func (s *Server) startPostmaster(ctx context.Context) (*postmaster, error) {
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
		p.shutDown(s.stopImmediately())
		return nil, err
	}
	s.log.Info("PostgreSQL is ready", "cluster", s.cluster, "pid", p.pid, "version", s.binaries.major, "took", time.Since(begin).Round(time.Millisecond))
	return p, nil
}

func (s *Server) url(role, database string) string { return serverURL(s.sockets, role, database) }

func serverURL(sockets, role, database string) string {
	// The port is given so that the caller's PGPORT has no effect. The timeout is long, because there
	// is no other host to try, and a busy machine answers late.
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%s&connect_timeout=30", role, database, url.QueryEscape(sockets), port)
}
