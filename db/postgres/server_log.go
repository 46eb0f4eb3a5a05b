package postgres

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// A serverLog copies PostgreSQL's output to the service's log, and keeps the last lines for the error
// message of a failed start.
type serverLog struct {
	log    *slog.Logger
	closed chan struct{} // closed when every process that can write to it has exited
	mu     sync.Mutex
	recent []string
}

// newServerLog returns a serverLog and the file for PostgreSQL's standard error. It makes the pipe itself: with a pipe
// made by exec, Wait would wait for every process that holds it, and some outlive a killed postmaster for a while.
func newServerLog(log *slog.Logger) (*serverLog, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	l := &serverLog{log: log, closed: make(chan struct{})}
	go func() {
		defer close(l.closed)
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			l.add(lines.Text())
		}
		_ = r.Close() // read to its end
	}()
	return l, w, nil
}

func (l *serverLog) add(line string) {
	line = strings.TrimSpace(line)
	if line == "" {
		return
	}
	l.mu.Lock()
	if l.recent = append(l.recent, line); len(l.recent) > 20 {
		l.recent = l.recent[1:]
	}
	l.mu.Unlock()
	severity, text, ok := strings.Cut(line, ": ")
	if !ok {
		severity, text = "", line
	}
	l.log.Log(context.Background(), level(severity), strings.TrimSpace(text), "from", "postgres")
}

// level maps PostgreSQL's severities. FATAL ends one session, and is common: each session that is open
// at a shutdown logs it.
func level(severity string) slog.Level {
	switch severity {
	case "PANIC":
		return slog.LevelError
	case "FATAL", "ERROR", "WARNING":
		return slog.LevelWarn
	default:
		return slog.LevelInfo
	}
}

// finalOutput returns the last lines of a postmaster that has exited. It waits at most a second for
// processes that outlive it.
func (l *serverLog) finalOutput() string {
	select {
	case <-l.closed:
	case <-time.After(time.Second):
	}
	return l.recentOutput()
}

func (l *serverLog) recentOutput() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.recent, "\n")
}
