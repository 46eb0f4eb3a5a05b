//go:build failover && linux

package failover

import (
	"bytes"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// machine is the processes of one host: a program and all that it has started. It includes PostgreSQL, which Patroni starts
// detached from itself.
type machine struct {
	command  *exec.Cmd
	log      string
	lockFile string // of a PostgreSQL, with its process id; "" for none
}

// processes returns the ids of all processes of the machine.
func (m *machine) processes() []int {
	var list []int
	if m.command.ProcessState == nil {
		list = descendants(m.command.Process.Pid)
	}
	if b, err := os.ReadFile(m.lockFile); err == nil {
		if pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0]); err == nil && running(pid, filepath.Dir(m.lockFile)) {
			list = append(list, descendants(pid)...)
		}
	}
	return list
}

// running reports whether a process has dir as its working directory. A lock file in dir may be stale and name another one.
func running(pid int, dir string) bool {
	in, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd")
	return err == nil && in == dir
}

// launch starts a program as PostgreSQL's user, with its output in a file.
func (c *cluster) launch(t *testing.T, name, program string, args ...string) *machine {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(c.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(t, err)
	defer func() { _ = log.Close() }()
	command := exec.Command(program, args...)
	command.Dir, command.Stdout, command.Stderr = "/", log, log
	command.Env = append(os.Environ(), "HOME="+c.dir, "LC_ALL=C.UTF-8")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.credential}
	must(t, command.Start())
	m := &machine{command: command, log: log.Name()}
	t.Cleanup(func() { m.kill(t) })
	return m
}

// unprivileged returns the user for PostgreSQL, or nil for the current one.
func unprivileged(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	must(t, err)
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	must(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	must(t, err)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// each sends a signal to all processes of the machine, parents first, until there are no new ones.
func (m *machine) each(signal syscall.Signal) {
	for done := map[int]bool{}; ; {
		fresh := false
		for _, pid := range m.processes() {
			if !done[pid] {
				done[pid], fresh = true, true
				_ = syscall.Kill(pid, signal) // it may have ended
			}
		}
		if !fresh {
			return
		}
	}
}

// kill ends all processes, as a power failure would.
func (m *machine) kill(t *testing.T) {
	t.Helper()
	m.each(syscall.SIGSTOP) // so that nothing starts new processes
	all := m.processes()
	for _, pid := range all {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	if m.command.ProcessState == nil {
		_ = m.command.Wait()
	}
	for _, pid := range all {
		within(t, "a killed process ends", func() bool { return syscall.Kill(pid, 0) != nil || zombie(pid) })
	}
}

// killProgram ends only the program: the processes that it started continue.
func (m *machine) killProgram(t *testing.T) {
	t.Helper()
	must(t, m.command.Process.Kill())
	_ = m.command.Wait() // killed
}

// descendants returns a process and all that it has started, directly or indirectly.
func descendants(root int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // ended
		}
		pid, parent, _ := stat(b)
		children[parent] = append(children[parent], pid)
	}
	list := []int{root}
	for i := 0; i < len(list); i++ {
		list = append(list, children[list[i]]...)
	}
	return list
}

// stat parses a process's id, its parent's id and its state (proc(5)).
func stat(b []byte) (pid, parent int, state string) {
	pid, _ = strconv.Atoi(string(b[:max(bytes.IndexByte(b, ' '), 0)]))
	rest := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(rest) > 1 {
		state = rest[0]
		parent, _ = strconv.Atoi(rest[1])
	}
	return pid, parent, state
}

func zombie(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	_, _, state := stat(b)
	return state == "Z"
}
