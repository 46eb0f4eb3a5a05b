// Package dbtest gives tests a real PostgreSQL: one private cluster for the tests of a package, with a new,
// migrated database for each test that asks for one.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestNotes(t *testing.T) {
//		d := dbtest.New(t)
//		alice := d.Person(t, "Alice")
//		owner := alice.Widget(t, d.Tenant(t, "Shop")).Owner()
//		…
package dbtest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/postgres"
	"github.com/company-a/aside/db/seal"
)

// cluster is the cluster of the running test binary. The first test that needs it starts it.
var cluster struct {
	once        sync.Once
	dir         string
	server      *postgres.Server
	distributed *distributedServer // instead of server, with ASIDE_CLUSTER_URL
	err         error
	mu          sync.Mutex // CREATE DATABASE … TEMPLATE requires that nobody else uses the template
	counter     int
}

// Main runs the tests of a package and then the functions in last, and removes the cluster that the tests
// used.
func Main(m *testing.M, last ...func()) {
	syscall.Umask(0o077) // as root has on hardened machines, where files for another user need explicit permissions
	code := m.Run()
	for _, f := range last {
		f()
	}
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		code = 1
	}
	os.Exit(code)
}

func stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := stopShared(ctx)
	if cluster.distributed != nil {
		err = errors.Join(err, cluster.distributed.drop(ctx, cluster.distributed.name))
	}
	if cluster.server == nil {
		return err
	}
	return errors.Join(err, cluster.server.Stop(ctx), postgres.Remove(cluster.dir), os.RemoveAll(cluster.dir))
}

func start() {
	if clusterURL != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		cluster.distributed, cluster.err = startDistributed(ctx)
		return
	}
	if cluster.dir, cluster.err = os.MkdirTemp("", "aside-dbtest-"); cluster.err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cluster.server, cluster.err = postgres.Start(ctx, postgres.Config{
		DataDir:  cluster.dir,
		Bin:      os.Getenv("ASIDE_POSTGRES_BIN"),
		Settings: map[string]string{"fsync": "off", "synchronous_commit": "off", "max_connections": "200"},
	})
	if cluster.err != nil {
		return
	}
	_, cluster.err = db.Migrate(ctx, cluster.server.URL())
}

// A Database is a new database for one test.
type Database struct {
	DB     *db.DB
	Keys   *seal.Keyring
	Master []byte // the master key in Keys
	URL    string // of the owner
	Name   string

	superuser string // URL for a superuser of its cluster; "" for the cluster of all tests
}

// New makes a database for one test and drops it afterwards.
func New(t testing.TB) *Database {
	t.Helper()
	return Open(t, NewURL(t), db.Options{MaxConns: 8, SessionCache: -1})
}

// NewURL makes a migrated database for one test and returns its owner's URL. It drops the database
// afterwards.
func NewURL(t testing.TB) string {
	t.Helper()
	return divide(t, newURL(t, migratedTemplate))
}

// EmptyURL is NewURL for a database without migrations.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return newURL(t, emptyTemplate)
}

const (
	migratedTemplate = "TEMPLATE aside"
	emptyTemplate    = "TEMPLATE template0"
)

func newURL(t testing.TB, template string) string {
	t.Helper()
	cluster.once.Do(start)
	if cluster.err != nil {
		t.Fatalf("dbtest: %v", cluster.err)
	}
	if cluster.distributed != nil {
		return newDistributed(t, template)
	}
	cluster.mu.Lock()
	cluster.counter++
	name := fmt.Sprintf("test_%d", cluster.counter)
	admin(t, fmt.Sprintf(`CREATE DATABASE %s %s OWNER aside`, name, template))
	cluster.mu.Unlock()
	t.Cleanup(func() { admin(t, fmt.Sprintf(`DROP DATABASE %s WITH (FORCE)`, name)) })
	return databaseURL(cluster.server.URL(), name)
}

// Open opens a database that NewURL made, with new keys.
func Open(t testing.TB, ownerURL string, o db.Options) *Database {
	t.Helper()
	master := make([]byte, seal.KeySize)
	_, _ = rand.Read(master)
	keys, err := seal.NewKeyring(master)
	must(t, err)
	u, err := url.Parse(ownerURL)
	must(t, err)
	d := &Database{Keys: keys, Master: master, URL: ownerURL, Name: strings.TrimPrefix(u.Path, "/")}
	d.DB = d.Node(t, o)
	return d
}

// At returns the database at a URL from NewURL or EmptyURL, without a DB and Keys, for changes by a superuser
// while a service uses it.
func At(t testing.TB, ownerURL string) *Database {
	t.Helper()
	u, err := url.Parse(ownerURL)
	must(t, err)
	return &Database{URL: ownerURL, Name: strings.TrimPrefix(u.Path, "/")}
}

// Node opens the same database once more, with the same keys, as another node would.
func (d *Database) Node(t testing.TB, o db.Options) *db.DB {
	t.Helper()
	// Tests may overload a busy machine, so by default they wait for long.
	o.AcquireTimeout = cmp.Or(o.AcquireTimeout, time.Minute)
	o.StatementTimeout = cmp.Or(o.StatementTimeout, time.Minute)
	node, err := db.Open(t.Context(), d.URL, d.Keys, o)
	must(t, err)
	t.Cleanup(node.Close)
	return node
}

// Superuser returns the URL of this database for a superuser, to which row-level security does not apply.
func (d *Database) Superuser() string {
	if d.superuser != "" {
		return databaseURL(d.superuser, d.Name)
	}
	if cluster.distributed != nil {
		return databaseURL(clusterURL, d.Name)
	}
	return databaseURL(cluster.server.SuperuserURL(), d.Name)
}

// Dump runs pg_dump on this database, as superuser.
func (d *Database) Dump(t testing.TB, args ...string) []byte {
	t.Helper()
	return DumpOf(t, d.Superuser(), args...)
}

// DumpOf is Dump for any database, by a superuser's URL.
func DumpOf(t testing.TB, superuser string, args ...string) []byte {
	t.Helper()
	cluster.once.Do(start) // this finds PostgreSQL's programs
	must(t, cluster.err)
	command := cluster.server.Command(t.Context(), "pg_dump", append(args, superuser)...)
	out, err := command.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		t.Fatalf("pg_dump: %v: %s", err, failed.Stderr)
	}
	must(t, err)
	return out
}

// Restore makes a database from what Dump returned in its custom format, as docs/operating.md describes, and
// returns its owner's URL. It drops the database afterwards.
func Restore(t testing.TB, dump []byte) string {
	t.Helper()
	ownerURL := EmptyURL(t)
	command := cluster.server.Command(t.Context(), "pg_restore", "--exit-on-error", "--dbname="+At(t, ownerURL).Superuser())
	command.Stdin = bytes.NewReader(dump)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("pg_restore: %v: %s", err, out)
	}
	return ownerURL
}

// Connect opens a connection to a URL and closes it after the test.
func (d *Database) Connect(t testing.TB, as string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), as)
	must(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// Exec runs a statement as superuser, for example to let time pass or to tamper with data.
func (d *Database) Exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	c := d.Connect(t, d.Superuser())
	_, err := c.Exec(t.Context(), statement, args...)
	if clusterURL != "" && len(args) == 0 {
		err = execOnShards(t.Context(), c, statement, err)
	}
	must(t, err)
	must(t, c.Close(t.Context()))
}

func admin(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, databaseURL(cluster.server.SuperuserURL(), "postgres"))
	must(t, err)
	_, err = c.Exec(ctx, statement)
	must(t, errors.Join(err, c.Close(ctx)))
}

func databaseURL(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name // String escapes it
	return u.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
