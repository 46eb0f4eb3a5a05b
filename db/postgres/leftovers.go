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

// How long processes of an earlier life have, in total and before they are
// told to go.
const (
	leftoverPatience = 10 * time.Second
	leftoverGrace    = 500 * time.Millisecond
)

// clearLeftovers makes the cluster ready for a new postmaster after one, or a
// whole service, was killed. The caller holds the lock, so whatever still runs
// on the cluster has no service any more:
//
//   - a postmaster that is just ending, since its service has died, is waited for;
//   - sessions that outlive a killed postmaster are ended: one that is deep in
//     a query would notice only when that is done, and a second postmaster must
//     not share its memory;
//   - the pid file of a process that is dead, or a zombie that nobody reaps, or
//     by now another program altogether, is removed. PostgreSQL itself would
//     refuse to start in the latter two cases.
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
			if waited > leftoverPatience/2 {
				sig = syscall.SIGKILL
			}
			for _, pid := range sessions {
				_ = syscall.Kill(pid, sig) // gone already is as good
			}
		}
		if waited > leftoverPatience {
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

// clusterName is what PostgreSQL's processes are titled with, and nobody
// else's.
func clusterName(cluster string) string {
	sum := sha256.Sum256([]byte(cluster))
	return "aside-" + hex.EncodeToString(sum[:8])
}
