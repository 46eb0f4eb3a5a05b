package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// An account is the operating system user that PostgreSQL runs as: the service's own user, or another
// one if the service runs as root, which PostgreSQL refuses.
type account struct {
	uid, gid   int
	switchUser bool // the service runs as root, PostgreSQL must not
}

// clusterAccount returns the account for a cluster. For root it is the owner of the files if they
// exist (a package installed later may add another candidate), else "postgres", else "nobody".
func clusterAccount(cluster string, exists bool) (account, error) {
	if os.Getuid() != 0 {
		return account{uid: os.Getuid(), gid: os.Getgid()}, nil
	}
	if exists {
		fi, err := os.Stat(cluster)
		if err != nil {
			return account{}, err
		}
		st, ok := fi.Sys().(*syscall.Stat_t)
		if !ok || st.Uid == 0 {
			return account{}, fmt.Errorf("%s belongs to root, and PostgreSQL refuses to run as root; give it back to the user that made it", cluster)
		}
		return account{uid: int(st.Uid), gid: int(st.Gid), switchUser: true}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return account{}, fmt.Errorf("user %s: %w", name, err)
		}
		return account{uid: uid, gid: gid, switchUser: true}, nil
	}
	return account{}, errors.New("PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody; add one")
}

func (a account) String() string { return "user " + strconv.Itoa(a.uid) }

// chown gives the account a file that the service has just made.
func (a account) chown(path string) error {
	if !a.switchUser {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// prepare makes cmd run as the account, without the service's terminal, working directory and
// environment, which may hold PG… variables that PostgreSQL would obey, and secrets. The process gets
// the signal death if the service dies.
func (a account) prepare(cmd *exec.Cmd, b binaries, death syscall.Signal) {
	// Exec fails in an inherited directory that the account can't enter, with an error that blames the binary.
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=GMT"}
	if b.libraries != "" {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+b.libraries)
	}
	// A separate process group: Ctrl-C is for the service, which finishes pending writes before it
	// stops PostgreSQL.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr, death)
	if a.switchUser {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} //nolint:gosec // ids of the kernel's, never negative
	}
}

// userName looks up a user of this machine, and asks getent for users of a directory service.
// PostgreSQL runs only for users with a name, which a container's user may lack.
func userName(ctx context.Context, uid int) (string, error) {
	id := strconv.Itoa(uid)
	if u, err := user.LookupId(id); err == nil {
		return u.Username, nil
	}
	out, err := exec.CommandContext(ctx, "getent", "passwd", id).Output()
	if name, _, found := strings.Cut(string(out), ":"); err == nil && found {
		return name, nil
	}
	return "", fmt.Errorf("PostgreSQL needs the user who runs it to have a name, and uid %s has none: add it to /etc/passwd, run as another user, or set DATABASE_URL to a PostgreSQL that runs elsewhere", id)
}
