package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// How long to wait for processes of an earlier postmaster: in total, and before they are signaled.
const (
	leftoverTimeout = 10 * time.Second
	leftoverGrace   = 500 * time.Millisecond
)

// clearLeftovers prepares the cluster for a new postmaster after an earlier one, or its service, was
// killed. The caller holds the lock, so no process on the cluster has a service any more:
//
//   - It waits for a postmaster that is shutting down because its service has died.
//   - It ends sessions that outlive a killed postmaster: a session in a long query notices only when the
//     query is done, and a second postmaster must not share its memory.
//   - It removes the pid file of a process that is dead, a zombie, or by now another program. PostgreSQL
//     itself would refuse to start in the latter two cases.
func clearLeftovers(ctx context.Context, cluster string, a account) error {
	begin := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		master, sessions, known := clusterProcesses(cluster, a)
		if !known {
			return nil // PostgreSQL's own checks decide
		}
		if master == 0 && len(sessions) == 0 {
			err := os.Remove(filepath.Join(cluster, "postmaster.pid"))
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		waited := time.Since(begin)
		if master == 0 && waited > leftoverGrace {
			sig := syscall.SIGQUIT
			if waited > leftoverTimeout/2 {
				sig = syscall.SIGKILL
			}
			for _, pid := range sessions {
				_ = syscall.Kill(pid, sig) // it may have exited already
			}
		}
		if waited > leftoverTimeout {
			if master != 0 {
				return fmt.Errorf("a PostgreSQL that this service didn't start, process %d, runs on %s; stop it first", master, cluster)
			}
			return fmt.Errorf("processes %v of an earlier PostgreSQL hold on to %s", sessions, cluster)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// clusterName returns the name in the titles of this cluster's processes, and of no others.
func clusterName(cluster string) string {
	sum := sha256.Sum256([]byte(cluster))
	return "aside-" + hex.EncodeToString(sum[:8])
}
