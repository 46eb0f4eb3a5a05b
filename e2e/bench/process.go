package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A process is a server that the bench starts and stops.
type process struct {
	pid     int
	ready   []string // the words of its ready line
	command *exec.Cmd
	ended   chan struct{}
	failure error // why it ended; read after ended
}

// launch starts a program and waits for a line of its standard output that begins with
// "ready". What it says on standard error goes to the file log.
func launch(ctx context.Context, log string, environment []string, program string, args ...string) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o644) //nolint:gosec // nothing secret: of a database that was made up
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	p := &process{command: exec.CommandContext(ctx, program, args...), ended: make(chan struct{})}
	p.command.Env = append(os.Environ(), environment...)
	p.command.Stderr = file
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = 10 * time.Second
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.pid = p.command.Process.Pid
	lines := make(chan string, 16)
	go func() {
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			default: // nobody listens any more
			}
		}
		close(lines)
		p.failure = p.command.Wait()
		close(p.ended)
	}()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for {
		select {
		case line, open := <-lines:
			if !open {
				<-p.ended
				return nil, fmt.Errorf("%s ended before it was ready (%w); its log is %s", program, p.failure, log)
			}
			if words := strings.Fields(line); len(words) > 0 && words[0] == "ready" {
				p.ready = words[1:]
				return p, nil
			}
		case <-patience.C:
			p.stop()
			return nil, fmt.Errorf("%s is not ready; its log is %s", program, log)
		}
	}
}

// stop ends the process and waits until it has.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// cpu is the processor time that the process has used.
func (p *process) cpu() (time.Duration, error) { return cpuOf(p.pid, false) }

// resident is the memory that the process has in use, in bytes.
func (p *process) resident() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "\nVmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, fmt.Errorf("process %d has no memory", p.pid)
	}
	kilobytes, err := strconv.Atoi(fields[0])
	return kilobytes << 10, err
}

// A tick is the unit of times in /proc/<pid>/stat: Linux's USER_HZ is 100 everywhere.
const tick = time.Second / 100

// cpuOf reads a process's user and system time, and that of its reaped children if wanted
// (proc(5), /proc/pid/stat).
func cpuOf(pid int, children bool) (time.Duration, error) {
	fields, err := stat(pid)
	if err != nil {
		return 0, err
	}
	count := 2
	if children {
		count = 4
	}
	var ticks time.Duration
	for _, field := range fields[11 : 11+count] { // 14 utime, 15 stime, 16 cutime, 17 cstime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += time.Duration(n)
	}
	return ticks * tick, nil
}

// stat returns the fields of /proc/<pid>/stat from the third, the state, on.
func stat(pid int) ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(fields) < 20 {
		return nil, fmt.Errorf("/proc/%d/stat is cut short", pid)
	}
	return fields, nil
}
