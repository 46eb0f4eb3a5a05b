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

// A journal copies PostgreSQL's output to the service's log, and keeps the last lines for the error
// message of a failed start.
type journal struct {
	log *slog.Logger
	end chan struct{} // closed when every process that can write to it has exited
	mu  sync.Mutex
	old []string
}

// newJournal returns a journal and the file for PostgreSQL's standard error. It makes the pipe itself: with a pipe
// made by exec, Wait would wait for every process that holds it, and some outlive a killed postmaster for a while.
func newJournal(log *slog.Logger) (*journal, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	j := &journal{log: log, end: make(chan struct{})}
	go func() {
		defer close(j.end)
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			j.add(lines.Text())
		}
		_ = r.Close() // read to its end
	}()
	return j, w, nil
}

func (j *journal) add(line string) {
	line = strings.TrimSpace(line)
	if line == "" {
		return
	}
	j.mu.Lock()
	if j.old = append(j.old, line); len(j.old) > 20 {
		j.old = j.old[1:]
	}
	j.mu.Unlock()
	severity, text, ok := strings.Cut(line, ": ")
	if !ok {
		severity, text = "", line
	}
	j.log.Log(context.Background(), level(severity), strings.TrimSpace(text), "from", "postgres")
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

// lastWords returns the last lines of a postmaster that has exited. It waits at most a second for
// processes that outlive it.
func (j *journal) lastWords() string {
	select {
	case <-j.end:
	case <-time.After(time.Second):
	}
	return j.tail()
}

func (j *journal) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.old, "\n")
}
