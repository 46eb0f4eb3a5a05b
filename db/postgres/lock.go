package postgres

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ErrRunning says that a service already runs on the directory. Start returns an error that wraps it
// and names the directory and the other process.
var ErrRunning = errors.New("already running")

// A RunningError is an ErrRunning that names the other process.
type RunningError struct {
	pid, sockets string // "" if unknown
}

func (e *RunningError) Error() string {
	if e.pid == "" {
		return ErrRunning.Error()
	}
	return ErrRunning.Error() + " as process " + e.pid
}

// Is makes errors.Is(e, ErrRunning) true.
func (e *RunningError) Is(target error) bool { return target == ErrRunning }

// URL returns the owner's URL of the other process's server, for commands beside a running service. It
// works for the same operating system user only. It is "" while that service is starting.
func (e *RunningError) URL() string {
	if e.sockets == "" {
		return ""
	}
	return serverURL(e.sockets, owner, database)
}

// A lock keeps other services off a cluster. The kernel releases it when its process ends for any
// reason, so it can't go stale like a pid file. The file names the holder, for people, and the socket
// directory to remove after a crash.
type lock struct{ file *os.File }

// acquire takes the lock at path. If it is held, it returns a RunningError with what is known of the holder.
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
		_ = f.Close() // it was replaced by another file
	}
}

// writeHolder writes the holder into the file, and removes the socket directory of the previous holder,
// which has exited.
func (l *lock) writeHolder(sockets string) error {
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
	n, _ := l.file.ReadAt(b, 0) // short or empty: unknown
	pid, rest, _ := strings.Cut(string(b[:n]), "\n")
	sockets, _, _ = strings.Cut(rest, "\n")
	return pid, sockets
}

// release lets another service use the cluster.
func (l *lock) release() {
	if l != nil {
		_ = l.file.Close() // closing releases the lock; the file's content need not be safe on disk
	}
}
