package postgres

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// dieWithParent makes the kernel send sig to the process when the thread that started it ends. The
// setting survives the change of user, because Go changes the user first.
func dieWithParent(attr *syscall.SysProcAttr, sig syscall.Signal) { attr.Pdeathsig = sig }

// clusterProcesses finds the live processes of the cluster: its postmaster, 0 if there is none, and
// its sessions and workers. It recognizes them by their user and title, which every process may read.
// The working directory would be more certain, but root in a container may not see it.
func clusterProcesses(cluster string, a account) (master int, sessions []int, known bool) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, nil, false
	}
	title := []byte("postgres: " + clusterName(cluster) + ":")
	claimed := readPidFile(cluster).pid
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		// A process that ends between these reads no longer matters. A zombie has no command line.
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil || len(line) == 0 || !runsAs(pid, a) {
			continue
		}
		switch {
		case bytes.HasPrefix(line, title):
			sessions = append(sessions, pid)
		case pid == claimed && slices.ContainsFunc(bytes.Split(line, []byte{0}), func(arg []byte) bool { return string(arg) == cluster }):
			master = pid
		}
	}
	return master, sessions, true
}

func runsAs(pid int, a account) bool {
	fi, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid)))
	if err != nil {
		return false
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == a.uid
}
