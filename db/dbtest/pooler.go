package dbtest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Pooler runs pgbouncer in front of the cluster until the test ends. It returns a database's URL through
// pgbouncer, for a role that a test made with Password. Settings that are not given have pgbouncer's
// defaults.
func (c *Cluster) Pooler(t testing.TB, role, database string, settings ...string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer" // not on everybody's PATH
	}
	server, err := url.Parse(c.SuperuserURL())
	must(t, err)
	dir, err := os.MkdirTemp("/tmp", "aside-test-") // private, and short enough for the path of a socket
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "pgbouncer.ini")
	lines := append([]string{
		"[databases]", "* = host=" + server.Query().Get("host") + " port=" + server.Query().Get("port"),
		"[pgbouncer]", "listen_addr =", "listen_port = 6432", "unix_socket_dir = " + dir,
		"auth_type = plain", "auth_file = " + filepath.Join(dir, "users"),
	}, settings...)
	users := filepath.Join(dir, "users")
	must(t, os.WriteFile(config, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	must(t, os.WriteFile(users, fmt.Appendf(nil, "\"%s\" \"%s\"\n", role, Password), 0o600))

	cmd := exec.Command(program, config)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if os.Getuid() == 0 { // pgbouncer refuses to run as root, so it runs as the owner of the server's socket
		socket, err := os.Stat(server.Query().Get("host"))
		must(t, err)
		user := socket.Sys().(*syscall.Stat_t)
		for _, file := range []string{dir, config, users} {
			must(t, os.Chown(file, int(user.Uid), int(user.Gid)))
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user.Uid, Gid: user.Gid}}
		cmd.Dir = "/"
	}
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("unix", filepath.Join(dir, ".s.PGSQL.6432"))
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	through, err := url.Parse(c.As(role, database))
	must(t, err)
	through.RawQuery = url.Values{"host": {dir}, "port": {"6432"}}.Encode()
	return through.String()
}
