package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// download downloads Debian's packages without root's rights and unpacks them into a directory of the
// user. apt-get verifies their signatures as usual, but keeps its state elsewhere. status is the file
// that lists the installed packages.
//
// Programs from an earlier download are used as they are. Unlike installed packages, they get no
// security updates until the directory is deleted.
func download(ctx context.Context, dataDir string, a account, major int, status string, log *slog.Logger) (binaries, error) {
	root, err := downloadDir(dataDir)
	if err != nil {
		return binaries{}, err
	}
	waiting, err := acquireWithin(ctx, filepath.Join(root, "lock"))
	if err != nil {
		return binaries{}, fmt.Errorf("waiting for another download to %s: %w", root, err)
	}
	defer waiting.release()

	tree := filepath.Join(root, debianPackage(major))
	if b, ok := findIn(ctx, tree, a, major); ok {
		return b, nil
	}
	log.Info("downloading PostgreSQL; this happens once", "to", tree)
	begin := time.Now()
	if err := unpack(ctx, root, tree, debianPackage(major), status); err != nil {
		return binaries{}, notInstalledError(major, err)
	}
	b, ok := findIn(ctx, tree, a, major)
	if !ok {
		return binaries{}, notInstalledError(major, fmt.Errorf("what was downloaded to %s doesn't work", tree))
	}
	log.Info("downloaded PostgreSQL", "version", b.major, "took", time.Since(begin).Round(time.Second))
	return b, nil
}

// downloadDir returns a directory in the user's cache, shared by all data directories, or one in the
// data directory if the user has no home.
func downloadDir(dataDir string) (string, error) {
	if cache, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(cache, "aside", "postgresql")
		if os.MkdirAll(dir, 0o700) == nil {
			return dir, nil
		}
	}
	dir := filepath.Join(dataDir, "postgresql")
	return dir, os.MkdirAll(dir, 0o700)
}

// acquireWithin takes a lock. It waits for it until ctx ends.
func acquireWithin(ctx context.Context, path string) (*lock, error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		l, err := acquire(path)
		if !errors.Is(err, ErrRunning) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// findIn returns the binaries of an unpacked tree.
func findIn(ctx context.Context, tree string, a account, major int) (binaries, bool) {
	dirs, _ := fs.Glob(os.DirFS(tree), "usr/lib/postgresql/*/bin") // well formed
	var all []binaries
	for _, dir := range dirs {
		b := binariesIn(filepath.Join(tree, dir))
		if b.major = b.version(ctx, a); b.major >= minVersion && (major == 0 || b.major == major) {
			all = append(all, b)
		}
	}
	if len(all) == 0 {
		return binaries{}, false
	}
	return newest(all), true
}

// unpack fills tree with the package and those of its dependencies that the machine lacks. It moves
// the tree into place when it is complete.
func unpack(ctx context.Context, root, tree, pkg, status string) (err error) {
	work, err := os.MkdirTemp(root, "download-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	for _, dir := range []string{"state/lists/partial", "cache/archives/partial", "packages", "tree"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o700); err != nil {
			return err
		}
	}
	apt := func(args ...string) ([]byte, error) {
		return command(ctx, filepath.Join(work, "packages"), "apt-get", append([]string{
			"-o", "Dir::State=" + filepath.Join(work, "state"),
			"-o", "Dir::State::status=" + status,
			"-o", "Dir::Cache=" + filepath.Join(work, "cache"),
			"-o", "Dir::Log=" + work,
		}, args...)...)
	}
	_, update := apt("update") // may fail for an unrelated source
	plan, err := apt("install", "--simulate", "--no-install-recommends", pkg)
	if err != nil {
		return errors.Join(err, update)
	}
	packages := packagesToDownload(string(plan))
	if len(packages) == 0 {
		return errors.New("the package system takes PostgreSQL for installed, but its programs can't be run")
	}
	if _, err := apt(append([]string{"download"}, packages...)...); err != nil {
		return errors.Join(err, update)
	}
	files, err := filepath.Glob(filepath.Join(work, "packages", "*.deb"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := command(ctx, "", "dpkg-deb", "--extract", file, filepath.Join(work, "tree")); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(tree); err != nil { // it has no usable programs
		return err
	}
	return os.Rename(filepath.Join(work, "tree"), tree)
}

var (
	plannedInstall = regexp.MustCompile(`(?m)^Inst (\S+)`)
	server         = regexp.MustCompile(`^postgresql(-client)?-\d+$`)
)

// packagesToDownload picks from apt-get's plan what PostgreSQL's programs need: the server, the client tools for
// backups, and shared libraries. It omits LLVM, four fifths of the total, which serves only the
// just-in-time compiler, and that is off.
func packagesToDownload(plan string) []string {
	var names []string
	for _, m := range plannedInstall.FindAllStringSubmatch(plan, -1) {
		name := m[1]
		library := strings.HasPrefix(name, "lib") && !strings.HasSuffix(name, "-perl") &&
			!strings.HasPrefix(name, "libllvm") && !strings.HasPrefix(name, "libz3")
		if library || server.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}
