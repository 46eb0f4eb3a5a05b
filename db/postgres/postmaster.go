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

// A postmaster is one run of PostgreSQL's main process.
type postmaster struct {
	pid     int
	process *os.Process
	output  *serverLog
	exited  chan struct{}
	err     error // how it exited; read after exited is closed
}

// launch starts a postmaster. It does not wait until it is ready.
func launch(s *Server) (*postmaster, error) {
	output, stderr, err := newServerLog(s.log)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(s.binaries.dir, "postgres"), "-D", s.cluster)
	cmd.Stderr = stderr
	// If the service dies, PostgreSQL quits immediately and recovers at the next start. An orderly
	// shutdown could delay that start for long.
	s.account.prepare(cmd, s.binaries, syscall.SIGQUIT)

	p := &postmaster{output: output, exited: make(chan struct{})}
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

// onOwnThread calls f on a thread that nothing else uses and that lives until f returns. The kernel signals the
// death of a parent when the *thread* that started the child ends, and Go may end its threads at any time.
func onOwnThread(f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		result <- f()
	}()
	return <-result
}

// ready waits until the postmaster accepts connections; after a crash that is after its recovery. Like pg_ctl
// it reads the status in PostgreSQL's pid file, because PostgreSQL would log an attempt to connect as an error.
func (p *postmaster) ready(ctx context.Context, cluster string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if f := readPidFile(cluster); f.pid == p.pid && f.status == "ready" {
			return nil
		}
		select {
		case <-p.exited:
			return programError(p.output.log, "starting PostgreSQL", cluster, p.err, p.output.finalOutput())
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL: %w\n%s", context.Cause(ctx), p.output.recentOutput())
		case <-tick.C:
		}
	}
}

// shutDown shuts the postmaster down, in order until immediate is closed, and returns when it has exited.
func (p *postmaster) shutDown(immediate <-chan struct{}) {
	p.signal(syscall.SIGINT) // "fast": ends sessions, writes a checkpoint
	select {
	case <-p.exited:
		return
	case <-immediate:
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
		p.output.log.Error("signaling PostgreSQL", "signal", sig.String(), "error", err)
	}
}

// A pidFile is the content of PostgreSQL's postmaster.pid.
type pidFile struct {
	pid    int
	status string // "starting", "ready", "stopping", "standby"
}

// readPidFile returns the zero pidFile if there is none.
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
