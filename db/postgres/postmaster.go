package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A postmaster is one life of PostgreSQL's main process.
type postmaster struct {
	pid     int
	process *os.Process
	journal *journal
	exited  chan struct{}
	err     error // how it exited; read after exited
}

// launch starts a postmaster and returns at once.
func launch(s *Server) (*postmaster, error) {
	journal, stderr, err := newJournal(s.log)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(s.binaries.dir, "postgres"), "-D", s.cluster)
	cmd.Stderr = stderr
	// Should the service die PostgreSQL drops everything and recovers at the
	// next start. An orderly shutdown could take long, and keep that waiting.
	s.account.prepare(cmd, s.binaries, syscall.SIGQUIT)

	p := &postmaster{journal: journal, exited: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		_ = onOwnThread(func() error {
			err := cmd.Start()
			_ = stderr.Close() // the child has its own
			started <- err
			if err == nil {
				p.err = cmd.Wait()
				close(p.exited)
			}
			return err
		})
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	p.pid, p.process = cmd.Process.Pid, cmd.Process
	return p, nil
}

// onOwnThread calls f on a thread that nothing else uses and that lives until
// f returns. The kernel reports a parent's death when the *thread* that made
// the child ends, which Go does with its threads as it pleases.
func onOwnThread(f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		result <- f()
	}()
	return <-result
}

// ready waits until the postmaster accepts connections, which after a crash
// is when it has recovered. Like pg_ctl it reads the status that PostgreSQL
// keeps in its pid file: an attempt to connect would be logged as an error.
func (p *postmaster) ready(ctx context.Context, cluster string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if f := readPidFile(cluster); f.pid == p.pid && f.status == "ready" {
			return nil
		}
		select {
		case <-p.exited:
			return refusal(p.journal.log, "starting PostgreSQL", cluster, p.err, p.journal.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL: %w\n%s", context.Cause(ctx), p.journal.tail())
		case <-tick.C:
		}
	}
}

// end shuts the postmaster down, orderly until hurry is closed, and returns
// when it has exited.
func (p *postmaster) end(hurry <-chan struct{}) {
	p.signal(syscall.SIGINT) // "fast": ends sessions, writes a checkpoint
	select {
	case <-p.exited:
		return
	case <-hurry:
	}
	p.signal(syscall.SIGQUIT) // "immediate": recovery at the next start
	select {
	case <-p.exited:
		return
	case <-time.After(5 * time.Second):
	}
	p.signal(syscall.SIGKILL)
	<-p.exited
}

func (p *postmaster) signal(sig syscall.Signal) {
	if err := p.process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.journal.log.Error("signaling PostgreSQL", "signal", sig.String(), "error", err)
	}
}

// A pidFile is what PostgreSQL's postmaster.pid tells.
type pidFile struct {
	pid    int
	status string // "starting", "ready", "stopping", "standby"
}

// readPidFile returns the zero pidFile where there is none.
func readPidFile(cluster string) pidFile {
	b, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		return pidFile{}
	}
	lines := strings.Split(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return pidFile{}
	}
	f := pidFile{pid: pid}
	if len(lines) > 7 {
		f.status = strings.TrimSpace(lines[7])
	}
	return f
}
