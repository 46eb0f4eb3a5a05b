package postgres

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minVersion is the oldest major version that Aside supports.
const minVersion = 15

// binaries are the programs of one PostgreSQL version.
type binaries struct {
	dir       string // holds initdb and postgres
	libraries string // LD_LIBRARY_PATH, if they are not the system's libraries
	major     int
}

// A machine says where to look for programs.
type machine struct {
	patterns []string // directories where systems install PostgreSQL's programs
	status   string   // Debian's list of installed packages
	bin      string   // the only directory to look in, if not ""
}

var thisMachine = machine{
	patterns: []string{
		"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                   // PostgreSQL's own packages for Fedora and its relatives
		"/opt/homebrew/opt/postgresql@*/bin", // Homebrew
		"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	},
	status: "/var/lib/dpkg/status",
}

// debianBin matches the directory of the programs in Debian's packages, below the root that they were unpacked to.
var debianBin = regexp.MustCompile(`^(/.+)/usr/lib/postgresql/\d+/bin/?$`)

// binariesIn returns the binaries of a directory, without their version. Programs that were unpacked
// but not installed run with the libraries that were unpacked beside them.
func binariesIn(dir string) binaries {
	b := binaries{dir: dir}
	tree := debianBin.FindStringSubmatch(dir)
	if tree == nil {
		return b
	}
	var libraries []string
	for _, pattern := range []string{"usr/lib/*-linux-*", "lib/*-linux-*"} {
		dirs, _ := fs.Glob(os.DirFS(tree[1]), pattern) // well formed
		for _, dir := range dirs {
			libraries = append(libraries, filepath.Join(tree[1], dir))
		}
	}
	b.libraries = strings.Join(libraries, ":")
	return b
}

// configured returns the binaries of m.bin.
func (m machine) configured(ctx context.Context, a account, major int) (binaries, error) {
	b := binariesIn(m.bin)
	switch b.major = b.version(ctx, a); {
	case b.major == 0:
		return b, fmt.Errorf("%s has no programs initdb and postgres that %s can run", m.bin, a)
	case b.major < minVersion:
		return b, fmt.Errorf("%s is of PostgreSQL %d: Aside needs %d or newer", m.bin, b.major, minVersion)
	case major != 0 && b.major != major:
		return b, fmt.Errorf("%s is of PostgreSQL %d, and the data directory was made by PostgreSQL %d: %s", m.bin, b.major, major, upgradeAdvice)
	}
	return b, nil
}

// find returns the binaries in PATH, or else the newest on this machine. It considers only those that
// the account can run and, if major is not 0, only those of that version.
func (m machine) find(ctx context.Context, a account, major int) (binaries, bool) {
	var candidates []binaries
	consider := func(dir string) {
		b := binariesIn(dir)
		if b.major = b.version(ctx, a); b.major >= minVersion && (major == 0 || b.major == major) {
			candidates = append(candidates, b)
		}
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			consider(filepath.Dir(path))
		}
	}
	if len(candidates) == 0 {
		for _, pattern := range m.patterns {
			dirs, _ := filepath.Glob(pattern) // the patterns are constants and well formed
			for _, dir := range dirs {
				consider(dir)
			}
		}
	}
	if len(candidates) == 0 {
		return binaries{}, false
	}
	return newest(candidates), true
}

func newest(all []binaries) binaries {
	return slices.MaxFunc(all, func(a, b binaries) int { return cmp.Compare(a.major, b.major) })
}

var versionWords = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`)

// version returns the major version that the programs report, or 0 if the account can't run them.
func (b binaries) version(ctx context.Context, a account) int {
	for _, program := range []string{"initdb", "postgres"} {
		out, err := b.run(ctx, a, program, "--version")
		if err != nil {
			return 0
		}
		if words := versionWords.FindSubmatch(out); words != nil {
			major, _ := strconv.Atoi(string(words[1])) // only digits
			return major
		}
	}
	return 0
}
