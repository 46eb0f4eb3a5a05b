//go:build failover && linux

package failover

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is two PostgreSQL servers under Patroni with synchronous replication, and etcd for the leader election.
type cluster struct {
	dir        string
	credential *syscall.Credential
	binaries   string // of PostgreSQL
	password   string
	etcd       string // address
	etcdAPI    string // Patroni's name for the version of etcd's API
	members    [2]*member
}

// member is one of the two servers.
type member struct {
	*machine
	cluster *cluster
	name    string
	port    string // of PostgreSQL
	api     string // of Patroni
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "aside-failover-") // PostgreSQL's user must reach it
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the logs are left in ", dir)
			return
		}
		must(t, os.RemoveAll(dir))
	})
	c := &cluster{dir: dir, credential: unprivileged(t), binaries: binaries(t), password: rand.Text()}
	if c.credential != nil {
		must(t, os.Chown(dir, int(c.credential.Uid), int(c.credential.Gid)))
	}
	c.etcd, c.etcdAPI = "127.0.0.1:"+freePort(t), etcdAPI(t)
	peer := "http://127.0.0.1:" + freePort(t)
	options := []string{"--name=only", "--data-dir=" + filepath.Join(dir, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls=http://" + c.etcd, "--advertise-client-urls=http://" + c.etcd,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=only=" + peer}
	if c.etcdAPI == "etcd" { // newer releases have no such option
		options = append(options, "--enable-v2")
	}
	c.launch(t, "etcd", find(t, "etcd"), options...)
	within(t, "etcd is healthy", func() bool { return get("http://"+c.etcd+"/health") == http.StatusOK })
	for i := range c.members {
		c.members[i] = &member{cluster: c, name: string(rune('a' + i)), port: freePort(t), api: "127.0.0.1:" + freePort(t)}
		c.members[i].start(t)
		within(t, "PostgreSQL "+c.members[i].name+" runs", func() bool { return get("http://"+c.members[i].api+"/health") == http.StatusOK })
	}
	c.settled(t)
	return c
}

// etcdAPI returns the version of etcd's API that Patroni should use. Before 3.0.3, with version 3, a primary that wakes from a freeze
// overwrites the lock of the server that was promoted (https://github.com/patroni/patroni/pull/2693).
func etcdAPI(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(find(t, "patroni"), "--version").Output()
	must(t, err)
	var major, minor, patch int
	if _, err := fmt.Sscanf(string(out), "patroni %d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatalf("the version of Patroni: %v in %q", err, out)
	}
	if slices.Compare([]int{major, minor, patch}, []int{3, 0, 3}) < 0 {
		return "etcd"
	}
	return "etcd3"
}

// binaries returns the directory of the newest PostgreSQL.
func binaries(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	must(t, err)
	if len(found) == 0 {
		t.Fatal("there is no PostgreSQL below /usr/lib/postgresql: make failover installs it")
	}
	version := func(file string) int {
		n, _ := strconv.Atoi(strings.Split(file, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }))
}

func find(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	must(t, err)
	return path
}

// start starts a member, for the first time or after a kill.
func (m *member) start(t *testing.T) {
	t.Helper()
	c := m.cluster
	address := "127.0.0.1:" + m.port
	// Patroni replaces a silent primary after 20 s, the minimum.
	config := map[string]any{
		"scope": "aside", "name": m.name,
		"restapi": map[string]any{"listen": m.api, "connect_address": m.api},
		c.etcdAPI: map[string]any{"hosts": c.etcd},
		"bootstrap": map[string]any{
			"dcs": map[string]any{
				"ttl": 20, "loop_wait": 1, "retry_timeout": 3, "synchronous_mode": true, "primary_start_timeout": 0, "master_start_timeout": 0,
				"postgresql": map[string]any{"use_pg_rewind": true, "use_slots": true, "parameters": map[string]any{"wal_log_hints": "on", "max_connections": 100}},
			},
			"initdb": []any{map[string]any{"encoding": "UTF8"}, map[string]any{"locale": "C"}, "data-checksums"},
		},
		"postgresql": map[string]any{
			"listen": address, "connect_address": address, "bin_dir": c.binaries,
			"data_dir": filepath.Join(c.dir, m.name), "pgpass": filepath.Join(c.dir, "pgpass-"+m.name),
			"authentication": map[string]any{
				"superuser":   map[string]any{"username": "postgres", "password": c.password},
				"replication": map[string]any{"username": "replicator", "password": c.password},
			},
			"pg_hba":     []string{"local all all trust", "host all all 127.0.0.1/32 scram-sha-256", "host replication replicator 127.0.0.1/32 scram-sha-256"},
			"parameters": map[string]any{"unix_socket_directories": c.dir, "shared_buffers": "32MB", "log_min_messages": "warning"},
		},
	}
	text, err := json.Marshal(config) // which is YAML too
	must(t, err)
	file := filepath.Join(c.dir, m.name+".yml")
	must(t, os.WriteFile(file, text, 0o644))
	must(t, os.Chmod(file, 0o644)) // regardless of the umask
	m.machine = c.launch(t, "patroni-"+m.name, find(t, "patroni"), file)
	m.lockFile = filepath.Join(c.dir, m.name, "postmaster.pid")
}

// primary returns the member that leads and accepts writes, or nil.
func (c *cluster) primary() *member {
	for _, m := range c.members {
		if get("http://"+m.api+"/primary") == http.StatusOK {
			return m
		}
	}
	return nil
}

func (c *cluster) other(m *member) *member {
	if c.members[0] == m {
		return c.members[1]
	}
	return c.members[0]
}

// settled waits until one member leads and the other follows it synchronously.
func (c *cluster) settled(t *testing.T) (primary *member) {
	t.Helper()
	within(t, "the cluster has a primary and a synchronous standby", func() bool {
		primary = c.primary()
		return primary != nil && get("http://"+c.other(primary).api+"/sync") == http.StatusOK
	})
	return primary
}

// switchOver makes the other member the leader.
func (c *cluster) switchOver(t *testing.T, from *member) {
	body, err := json.Marshal(map[string]string{"leader": from.name, "candidate": c.other(from).name})
	must(t, err)
	client := http.Client{Timeout: time.Minute}
	answer, err := client.Post("http://"+from.api+"/switchover", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Log("switchover: ", err) // the leader that we ask is stepping down
		return
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode >= 300 {
		t.Errorf("switchover: %d %s", answer.StatusCode, text)
	}
}

// writable reports whether a member accepts writes.
func (m *member) writable(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, m.superuser("postgres"))
	if err != nil {
		return false
	}
	defer func() { _ = c.Close(ctx) }()
	var standby bool
	return c.QueryRow(ctx, `SELECT pg_is_in_recovery()`).Scan(&standby) == nil && !standby
}

func (m *member) superuser(database string) string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%s/%s?sslmode=disable", m.cluster.password, m.port, database)
}

// database creates the service's database and returns its URL with both members.
func (c *cluster) database(t *testing.T) string {
	t.Helper()
	primary := c.settled(t)
	conn, err := pgx.Connect(t.Context(), primary.superuser("postgres"))
	must(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	for _, statement := range []string{`CREATE ROLE aside LOGIN CREATEROLE PASSWORD '` + c.password + `'`, `CREATE DATABASE aside OWNER aside`} {
		_, err := conn.Exec(t.Context(), statement)
		must(t, err)
	}
	return fmt.Sprintf("postgres://aside:%s@127.0.0.1:%s,127.0.0.1:%s/aside?target_session_attrs=read-write&sslmode=disable",
		c.password, c.members[0].port, c.members[1].port)
}

// get returns the status of a response, or 0 without one.
func get(url string) int {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// freePort returns a free port outside the range from which the system assigns ports. The port must be free again when the
// process there is restarted.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		n := make([]byte, 2)
		_, _ = rand.Read(n)
		port := strconv.Itoa(20000 + (int(n[0])<<8+int(n[1]))%12000)
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// within waits for a condition, for two minutes at most.
func within(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !yes(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within two minutes: ", what)
		}
	}
}
