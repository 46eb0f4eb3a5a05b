package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/e2e/bench/hand"
	"github.com/company-a/aside/e2e/bench/load"
)

// A script is what pgbench runs over and over, on a random person each time.
type script struct {
	name string
	text string
	url  string // the role that it connects as
}

// pageSQL is the first page of a random person, as the service asks for it.
var pageSQL = strings.NewReplacer("$1", userSQL, "$2", "'"+tenantKey+"'", "$3", "21").Replace(hand.FirstPage)

func (b *bench) randomPerson() string {
	return fmt.Sprintf("\\set person %d + %d * random(0, %d)\n", b.population.frequent,
		(b.population.people-b.population.frequent)/len(b.people), len(b.people)-1)
}

// pgbench makes a contender of a script: statements prepared, over a unix socket, with no
// service at all.
func (b *bench) pgbench(s script) (contender, error) {
	file := filepath.Join(b.out, s.name+".pgbench.sql")
	if err := os.WriteFile(file, []byte(b.randomPerson()+s.text+"\n"), 0o644); err != nil { //nolint:gosec // not secret
		return contender{}, err
	}
	return contender{name: "pgbench", slice: func(ctx context.Context, d time.Duration) (load.Result, error) {
		seconds := max(1, int(d.Round(time.Second).Seconds())) // it takes whole ones
		command := b.cluster.server.Command(ctx, "pgbench", "--no-vacuum", "--protocol=prepared", "--client="+strconv.Itoa(b.connection),
			"--jobs=2", "--time="+strconv.Itoa(seconds), "--file="+file, s.url)
		return runPgbench(command)
	}}, nil
}

var (
	transactions = regexp.MustCompile(`number of transactions actually processed: (\d+)`)
	tps          = regexp.MustCompile(`tps = ([0-9.]+)`)
)

func runPgbench(command *exec.Cmd) (load.Result, error) {
	out, err := command.CombinedOutput()
	if err != nil {
		return load.Result{}, fmt.Errorf("pgbench: %w: %.500s", err, out)
	}
	n, rate := transactions.FindSubmatch(out), tps.FindSubmatch(out)
	if n == nil || rate == nil {
		return load.Result{}, fmt.Errorf("pgbench says %.500s", out)
	}
	count, err := strconv.Atoi(string(n[1]))
	if err != nil {
		return load.Result{}, err
	}
	perSecond, err := strconv.ParseFloat(string(rate[1]), 64)
	if err != nil || count == 0 {
		return load.Result{}, fmt.Errorf("pgbench did nothing: %.500s", out)
	}
	return load.Result{Requests: count, Elapsed: time.Duration(float64(count) / perSecond * float64(time.Second))}, nil
}

// checkPage checks that a page's statement returns a whole page: one that found nothing would be
// quick.
func (b *bench) checkPage(ctx context.Context, url string, before ...string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	person := strconv.Itoa(b.population.signedIn(signedInPeople)[1])
	for _, statement := range before {
		if _, err := conn.Exec(ctx, strings.ReplaceAll(statement, ":person ", person+" ")); err != nil {
			return err
		}
	}
	tag, err := conn.Exec(ctx, strings.ReplaceAll(pageSQL, ":person::", person+"::"))
	if err == nil && tag.RowsAffected() != 21 {
		err = fmt.Errorf("a page has %d notes", tag.RowsAffected())
	}
	return err
}

// measurePgbench compares the service with PostgreSQL's throughput for a client in C that does
// nothing with it.
func (b *bench) measurePgbench(ctx context.Context) error {
	bare, err := b.pgbench(script{name: "first-page", text: pageSQL + ";", url: b.cluster.superURL(large)})
	if err != nil {
		return err
	}
	if err := b.checkPage(ctx, b.cluster.superURL(large)); err != nil {
		return err
	}
	d, err := b.compare(ctx, b.asideContender(firstPage()), bare)
	if err != nil {
		return err
	}
	b.table.set("pgbench", d.ratios(rate), "%s/s against %s/s: no HTTP, no proof, no session, no row-level security, nothing decrypted",
		number(median(d.a, rate)), number(median(d.b, rate)))
	if d, err = b.compare(ctx, b.handContender(firstPage(), false), bare); err != nil {
		return err
	}
	b.table.set("hand pgbench", d.ratios(rate), "%s/s against %s/s: a service in Go that does only HTTP, the session and decryption of the notes",
		number(median(d.a, rate)), number(median(d.b, rate)))
	return nil
}
