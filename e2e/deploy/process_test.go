//go:build deploy

package deploy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// uid has no entry in any list of users.
const uid = 12345

// configuration returns the variables of a node with a database of its own, on free ports.
func configuration(t *testing.T) []string {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return []string{"ASIDE_LISTEN=127.0.0.1:0", "ASIDE_ADMIN_LISTEN=127.0.0.1:0", "DATABASE_URL=" + overTCP(t, dbtest.EmptyURL(t)),
		"ASIDE_MASTER_KEY=" + base64.StdEncoding.EncodeToString(key)}
}

// overTCP returns a TCP URL of the same database: below another root, its socket is out of reach.
func overTCP(t *testing.T, database string) string {
	t.Helper()
	server, err := pgconn.ParseConfig(database)
	must(t, err)
	network, address := pgconn.NetworkAddress(server.Host, server.Port)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				postgres, err := net.Dial(network, address)
				if err != nil {
					return
				}
				defer postgres.Close()
				go func() {
					_, _ = io.Copy(postgres, client)
					_ = postgres.Close()
				}()
				_, _ = io.Copy(client, postgres)
			}()
		}
	}()
	u, err := url.Parse(database)
	must(t, err)
	u.Host = listener.Addr().String()
	query := u.Query()
	query.Del("host")
	query.Del("port")
	query.Set("sslmode", "disable")
	u.RawQuery = query.Encode()
	return u.String()
}

// serve runs a program below root as uid until the test ends. It returns the account origin that the program announces, and
// checks that it stops on SIGTERM.
func serve(t *testing.T, root string, environment []string, program ...string) (account string) {
	t.Helper()
	command := exec.Command(program[0])
	command.Args, command.Path, command.Env, command.Dir = program, program[0], environment, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	var log bytes.Buffer
	command.Stderr = &log
	output, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			t.Errorf("it stops with %v", err)
		}
		if t.Failed() {
			t.Logf("%s", log.Bytes())
		}
	})
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == "ready" {
			return words[1]
		}
	}
	t.Fatal("it announced no origin")
	return ""
}

// wantOK requests addresses of the account origin.
func wantOK(t *testing.T, account string, paths ...string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}}}
	for _, path := range paths {
		r, err := client.Get(account + path)
		must(t, err)
		_ = r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

// run runs a command and returns its output.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, output)
	}
	return string(output)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
