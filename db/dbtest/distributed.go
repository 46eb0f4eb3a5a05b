package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db"
)

// clusterURL is the URL of a superuser of a Citus cluster, in any database of its coordinator that has the extension and
// knows the nodes. With it, the databases of New and NewURL are made on that cluster and distributed over its nodes.
var clusterURL = os.Getenv("ASIDE_CLUSTER_URL")

// A distributedServer makes databases on a Citus cluster.
type distributedServer struct {
	nodes []string // URLs of a superuser, the coordinator's first
	name  string   // of the template, and the start of the databases' names
}

const distributedOwner = "aside_test_owner"

func startDistributed(ctx context.Context) (*distributedServer, error) {
	coordinator, err := url.Parse(clusterURL)
	if err != nil {
		return nil, err
	}
	c, err := pgx.Connect(ctx, clusterURL)
	if err != nil {
		return nil, err
	}
	rows, err := c.Query(ctx, `SELECT nodename || ':' || nodeport FROM pg_dist_node WHERE groupid <> 0 AND noderole = 'primary' ORDER BY nodeid`)
	if err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	workers, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err = errors.Join(err, c.Close(ctx)); err != nil {
		return nil, err
	}
	var id [4]byte
	_, _ = rand.Read(id[:])
	s := &distributedServer{nodes: []string{clusterURL}, name: "aside_test_" + hex.EncodeToString(id[:])}
	for _, worker := range workers {
		u := *coordinator
		u.Host = worker
		s.nodes = append(s.nodes, u.String())
	}
	for _, node := range s.nodes {
		err := run(ctx, node, `SET citus.enable_create_role_propagation = off`, `DO $$ BEGIN
			IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '`+distributedOwner+`') THEN CREATE ROLE `+distributedOwner+`; END IF; END $$`,
			`SET citus.enable_alter_role_propagation = off`, `ALTER ROLE `+distributedOwner+` LOGIN CREATEROLE PASSWORD '`+Password+`'`)
		if err != nil {
			return nil, err
		}
	}
	if err := s.makeEmpty(ctx, s.name); err != nil {
		return nil, err
	}
	_, err = db.Distribute(ctx, s.ownerURL(s.name))
	return s, err
}

func (s *distributedServer) ownerURL(database string) string {
	u, err := url.Parse(databaseURL(s.nodes[0], database))
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword(distributedOwner, Password)
	return u.String()
}

// makeEmpty makes a database with the extension and all nodes.
func (s *distributedServer) makeEmpty(ctx context.Context, name string) error {
	for _, node := range s.nodes {
		if err := run(ctx, node, fmt.Sprintf(`CREATE DATABASE %s OWNER %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`, name, distributedOwner)); err != nil {
			return err
		}
		if err := run(ctx, databaseURL(node, name), `CREATE EXTENSION citus`); err != nil {
			return err
		}
	}
	for i, node := range s.nodes {
		u, err := url.Parse(node)
		if err != nil {
			return err
		}
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return err
		}
		function := "citus_add_node"
		if i == 0 {
			function = "citus_set_coordinator_host"
		}
		if err := run(ctx, databaseURL(s.nodes[0], name), fmt.Sprintf(`SELECT %s('%s', %d)`, function, u.Hostname(), port)); err != nil {
			return err
		}
	}
	return nil
}

// makeDistributed copies the template on every node: what Citus knows about nodes and shards is in the database.
func (s *distributedServer) makeDistributed(ctx context.Context, name string) error {
	for _, node := range s.nodes {
		statement := fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s OWNER %s`, name, s.name, distributedOwner)
		for deadline := time.Now().Add(time.Minute); ; {
			// Citus itself is connected to the template.
			err := run(ctx, node, `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = '`+s.name+`'`, statement)
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return err
			}
		}
	}
	return nil
}

func (s *distributedServer) drop(ctx context.Context, name string) error {
	var failed error
	for _, node := range s.nodes {
		failed = errors.Join(failed, run(ctx, node, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`))
	}
	return failed
}

func newDistributed(t testing.TB, template string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s := cluster.distributed
	cluster.mu.Lock()
	cluster.counter++
	name := fmt.Sprintf("%s_%d", s.name, cluster.counter)
	build := s.makeDistributed
	if template == emptyTemplate {
		build = s.makeEmpty
	}
	err := build(ctx, name)
	cluster.mu.Unlock()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		must(t, s.drop(ctx, name))
	})
	must(t, err)
	return s.ownerURL(name)
}

func run(ctx context.Context, at string, statements ...string) error {
	c, err := pgx.Connect(ctx, at)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err = c.Exec(ctx, statement); err != nil {
			err = fmt.Errorf("%s: %w", statement, err)
			break
		}
	}
	return errors.Join(err, c.Close(ctx))
}

var update = regexp.MustCompile(`^UPDATE (\w+)`)

// execOnShards runs an UPDATE that Citus has refused on each shard. Citus takes no time that depends on a column.
func execOnShards(ctx context.Context, c *pgx.Conn, statement string, refused error) error {
	var pg *pgconn.PgError
	table := update.FindStringSubmatch(statement)
	if !errors.As(refused, &pg) || pg.Code != "0A000" || table == nil {
		return refused
	}
	onShard := strings.Replace(strings.ReplaceAll(statement, "%", "%%"), "UPDATE "+table[1], "UPDATE %s", 1)
	var failed int
	err := c.QueryRow(ctx, `SELECT count(*) FILTER (WHERE NOT success) FROM run_command_on_shards($1::regclass, $2)`, table[1], onShard).Scan(&failed)
	if err == nil && failed > 0 {
		err = fmt.Errorf("%d shards: %w", failed, refused)
	}
	return err
}

// Blocked returns how many statements in the database of c, a superuser's connection, wait for a lock on any node.
func Blocked(t testing.TB, c *pgx.Conn) (n int) {
	t.Helper()
	query := `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	if clusterURL != "" {
		query = `SELECT coalesce(sum(result::int), 0) FROM run_command_on_all_nodes($$` + query + ` AND pid <> pg_backend_pid()$$)`
	}
	must(t, c.QueryRow(t.Context(), query).Scan(&n))
	return n
}
