package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// rootClusters holds the clusters of services that run as root. PostgreSQL then runs as another user, who
// cannot enter a checkout below /root or a temporary directory. Every user can pass through this one.
const rootClusters = "/var/lib/aside"

// A clusterLocation is the location of a data directory's cluster, and the lock on it.
type clusterLocation struct {
	dataDir  string // absolute
	cluster  string // PGDATA; may not exist yet
	unlinked string // an earlier cluster of this data directory, no longer linked
	lock     *lock
}

// locateCluster makes the data directory, finds the place of its cluster, and takes the lock on it.
func locateCluster(dataDir string) (*clusterLocation, error) {
	if dataDir == "" {
		dataDir = ".aside"
	}
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		// First, because as a data directory it would be made without access for others.
		if err := makeTraversable(rootClusters); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return nil, notWritableError(abs, err)
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, err
	}
	h := &clusterLocation{dataDir: abs}
	if os.Getuid() == 0 {
		err = h.resolveRoot()
	} else {
		err = h.resolve()
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

// makeTraversable makes dir if it is missing, and lets every user pass through it, but not list it.
func makeTraversable(dir string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // only to pass through; its contents are private
		return fmt.Errorf("making the directory of root's clusters: %w", err)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if m := fi.Mode().Perm(); m&0o011 != 0o011 {
		return os.Chmod(dir, m|0o011)
	}
	return nil
}

func (h *clusterLocation) linkPath() string { return filepath.Join(h.dataDir, "postgres") }

// resolve finds the cluster of a plain user: it is in the data directory.
func (h *clusterLocation) resolve() error {
	h.cluster = h.linkPath()
	if _, err := os.Stat(h.cluster); errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s was made by another user, probably root; run as that user, or choose another data directory", h.cluster)
	}
	return h.acquireLock()
}

// resolveRoot finds root's cluster, which the data directory links to. The link decides: a data
// directory that was moved keeps its cluster, and one that was deleted and made again gets a new one
// (the keys to the old cluster's contents were deleted too). It never deletes a cluster.
func (h *clusterLocation) resolveRoot() error {
	switch fi, err := os.Lstat(h.linkPath()); {
	case errors.Is(err, fs.ErrNotExist):
		return h.assignCluster()
	case err != nil:
		return err
	case fi.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%s was made by a plain user; run as that user, or choose another data directory", h.linkPath())
	}
	target, err := os.Readlink(h.linkPath())
	if err != nil {
		return err
	}
	// Root must not change the owner of files through a link that somebody else made.
	if filepath.Dir(target) != rootClusters || filepath.Clean(target) != target {
		return fmt.Errorf("%s links to %s, which is not in %s; refusing to follow it", h.linkPath(), target, rootClusters)
	}
	if _, err := os.Stat(target); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the cluster %s is gone, though %s links to it; restore it, or remove the link to begin with an empty one", target, h.linkPath())
	}
	h.cluster = target
	return h.acquireLock()
}

// assignCluster finds a free name in rootClusters for a data directory without a link.
func (h *clusterLocation) assignCluster() error {
	sum := sha256.Sum256([]byte(h.dataDir))
	base := filepath.Join(rootClusters, hex.EncodeToString(sum[:8]))
	h.cluster = base
	for n := 2; ; n++ {
		if err := h.acquireLock(); err != nil {
			return err
		}
		if _, err := os.Stat(h.cluster); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			h.lock.release()
			return err
		}
		h.lock.release()
		h.unlinked, h.cluster = h.cluster, base+"-"+strconv.Itoa(n)
	}
}

// acquireLock locks the cluster. The lock is beside the cluster, because a copied data directory links to the
// same cluster.
func (h *clusterLocation) acquireLock() (err error) {
	if h.lock, err = acquire(h.cluster + ".lock"); errors.Is(err, ErrRunning) {
		return fmt.Errorf("the database in %s is %w; stop that process, or choose another data directory", h.dataDir, err)
	}
	if err != nil {
		return notWritableError(filepath.Dir(h.cluster), err)
	}
	return nil
}

// link makes root's data directory link to its cluster, which must exist.
func (h *clusterLocation) link() error {
	if h.cluster == h.linkPath() {
		return nil
	}
	if err := os.Symlink(h.cluster, h.linkPath()); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("linking the cluster: %w", err)
	}
	return nil
}

// Remove deletes the cluster of a data directory with all its data. It returns ErrRunning, and deletes
// nothing, while a service runs on it. A directory without a cluster is no error. Tests need it as
// root: their cluster is outside the directory that they clean up.
func Remove(dataDir string) error {
	h, err := locateCluster(dataDir)
	if err != nil {
		return err
	}
	defer h.lock.release()
	if _, sockets := h.lock.holder(); sockets != "" {
		removeSocketDir(sockets) // left by a service that was killed
	}
	return errors.Join(
		os.RemoveAll(h.cluster),
		os.RemoveAll(h.cluster+unfinishedSuffix),
		os.RemoveAll(h.linkPath()),
		os.Remove(h.cluster+".lock"),
	)
}
