package postgres

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ErrRunning says that a service already runs on the directory. The error that
// Start returns wraps it and names the directory and the other process.
var ErrRunning = errors.New("already running")

// A RunningError is an ErrRunning that knows of whom.
type RunningError struct {
	pid, sockets string // "" for what is not known
}

func (e *RunningError) Error() string {
	if e.pid == "" {
		return ErrRunning.Error()
	}
	return ErrRunning.Error() + " as process " + e.pid
}

// Is makes it an ErrRunning.
func (e *RunningError) Is(target error) bool { return target == ErrRunning }

// URL is the owner's URL of the other process's server, which lets in whoever
// runs as the same operating system user: for commands beside a running
// service. It is "" while that one is still starting.
func (e *RunningError) URL() string {
	if e.sockets == "" {
		return ""
	}
	return serverURL(e.sockets, owner, database)
}

// A lock makes one service the only one on a cluster. The kernel drops it with
// the process that holds it, however that ends, so it can't go stale as a file
// that holds a process id does. The file says who holds it, for people, and
// which socket directory to clear away after a crash.
type lock struct{ file *os.File }

// acquire takes the lock at path, or returns ErrRunning with what is known of
// its holder.
func acquire(path string) (*lock, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			l := lock{f}
			pid, sockets := l.holder()
			_ = f.Close() // nothing was written
			if !errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, fmt.Errorf("locking %s: %w", path, err)
			}
			return nil, &RunningError{pid, sockets}
		}
		// Remove may have unlinked the file between open and flock.
		mine, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(mine, there) {
			return &lock{f}, nil
		}
		_ = f.Close() // somebody else's by now
	}
}

// describe writes down who holds the lock, and removes the socket directory
// of the holder before, which can't be alive.
func (l *lock) describe(sockets string) error {
	if _, old := l.holder(); old != "" {
		removeSocketDir(old)
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt(fmt.Appendf(nil, "%d\n%s\n", os.Getpid(), sockets), 0)
	return err
}

func (l *lock) holder() (pid, sockets string) {
	b := make([]byte, 4096)
	n, _ := l.file.ReadAt(b, 0) // short or empty: nothing is known
	pid, rest, _ := strings.Cut(string(b[:n]), "\n")
	sockets, _, _ = strings.Cut(rest, "\n")
	return pid, sockets
}

// release lets the next service have the cluster.
func (l *lock) release() {
	if l != nil {
		_ = l.file.Close() // drops the lock; what was written is only advice
	}
}
