//go:build failover && linux

package failover

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/postgres"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/e2e/history"
)

var (
	earlier = flag.String("earlier", "", "the binary of the earlier release")
	notes   = flag.Int("notes", 1000, "how many notes the installation has")
	phase   = flag.Duration("phase", 10*time.Second, "how long people work before, between and after the two restarts")
)

// upgrade is an installation of the earlier release with two nodes, and the people who use it.
type upgrade struct {
	current         string // binary of this release
	began           time.Time
	master          []byte
	superuser       string // URL
	environment     []string
	nodes           []*node
	gates           []*gate
	shop            *db.Tenant
	signer          *authtest.Signer
	signIns, tidied atomic.Int64
	ready           []time.Duration // what each start of this release took
}

// An installation of the earlier release upgrades in place while two nodes serve. No request fails but by 503, nobody is
// signed out, and no acknowledged write is lost or doubled.
func TestUpgrade(t *testing.T) {
	if *earlier == "" {
		t.Fatal("-earlier names no binary of an earlier release: make upgrade EARLIER=…")
	}
	u := startEarlier(t)
	u.seed(t, *notes)
	h, quit := history.New(), make(chan struct{})

	// Who signed in at the earlier release.
	quiet := map[string]*authtest.Visitor{"alice": u.signUp(t), "bob": u.signUp(t), "joe": u.vouched(t, "joe")}
	recovers := []*authtest.Visitor{u.signUp(t), u.signUp(t)}
	codes := []string{u.recoveryCode(t, recovers[0]), u.recoveryCode(t, recovers[1])}
	// bob's widget session is not used until the end, nor is alice's cookie by anybody who writes.
	writers := []*authtest.Visitor{u.signUp(t), u.signUp(t), u.vouched(t, "jane"), quiet["alice"], quiet["joe"]}

	var persons []*history.Person
	var clients sync.WaitGroup
	for _, v := range writers {
		p := h.NewPerson(v)
		persons = append(persons, p)
		for i, g := range u.gates {
			client := p.At(i, g.site(t))
			clients.Go(func() { client.Run(t, quit) })
		}
	}
	tidiers := []*authtest.Visitor{u.signUp(t), u.vouched(t, "jim")}
	for _, v := range tidiers {
		clients.Go(func() { u.tidy(t, v, quit) })
	}
	clients.Go(func() { u.comeAndGo(t, quit) })
	left := sync.OnceFunc(func() {
		close(quit)
		clients.Wait()
	})
	defer left()

	u.work(t)
	begun := []*pending{u.begin(t, 0), u.begin(t, 1)}
	u.replace(t, 0)
	u.finish(t, begun[0])
	u.work(t)
	u.recover(t, recovers[0], codes[0])
	mixed := u.begin(t, 0) // at this release, and redeemed at the same node
	u.finish(t, mixed)
	begun[1] = u.begin(t, 1)
	u.replace(t, 1)
	u.finish(t, begun[1])
	u.contract(t)
	u.work(t)
	u.recover(t, recovers[1], codes[1])
	left()

	for who, v := range quiet {
		u.isSignedIn(t, who, v)
	}
	for i, v := range slices.Concat(writers, tidiers) {
		u.isSignedIn(t, fmt.Sprint("writer ", i), v)
		if len(v.Authenticator.Passkeys) > 0 {
			u.ceremony(t, browser(v), "login", nil).Must(t, 200)
		}
	}
	final := map[uuid.UUID][]history.Note{}
	for _, p := range persons {
		p.Final(t, final)
	}
	u.report(t, h.Check(final, 2*time.Minute))
}

// startEarlier starts two nodes of the earlier release, with a shop that vouches for its visitors.
func startEarlier(t *testing.T) *upgrade {
	t.Helper()
	u := &upgrade{current: build(t), began: time.Now(), master: make([]byte, seal.KeySize), signer: authtest.NewSigner("ES256")}
	_, _ = rand.Read(u.master)
	dir, err := os.MkdirTemp("", "aside-upgrade-") // PostgreSQL's user must reach it
	must(t, err)
	server, err := postgres.Start(t.Context(), postgres.Config{DataDir: dir})
	must(t, err)
	t.Cleanup(func() {
		must(t, server.Stop(context.Background()))
		must(t, postgres.Remove(dir))
		if !t.Failed() {
			must(t, os.RemoveAll(dir))
		}
	})
	u.superuser = strings.Replace(server.SuperuserURL(), "/postgres?", "/aside?", 1)
	masterKey := base64.StdEncoding.EncodeToString(u.master)
	u.environment = append(os.Environ(), "DATABASE_URL="+server.URL(), "ASIDE_MASTER_KEY="+masterKey)
	first := serve(t, *earlier, server.URL(), masterKey, nil)
	u.nodes = []*node{first, serve(t, *earlier, server.URL(), masterKey, first)}
	for i, n := range u.nodes {
		u.gates = append(u.gates, openGate(t, n, u.began))
		t.Cleanup(func() {
			if t.Failed() {
				keepLog(t, n, fmt.Sprintf("node-%d.log", i), dir)
				t.Log("the logs are left in ", dir)
			}
		})
	}
	u.shop = &db.Tenant{}
	must(t, json.Unmarshal(u.command(t, *earlier, "tenant", "create", "--name", "Shop", "--origin", "https://shop.example"), u.shop))
	u.shop.EmbedOrigins = []string{"https://shop.example"}
	u.command(t, *earlier, "tenant", "policy", u.shop.Key, "--assertion", "optional", "--no-require-nonce", "--vouched-accounts")
	jwk, err := json.Marshal(u.signer.JWK())
	must(t, err)
	u.command(t, *earlier, "tenant", "key", "add", u.shop.Key, "--public-jwk", string(jwk))
	return u
}

// command runs a command of a release and returns its output.
func (u *upgrade) command(t *testing.T, binary string, args ...string) []byte {
	t.Helper()
	c := exec.Command(binary, args...)
	c.Env = u.environment
	out, err := c.Output()
	if err != nil {
		message := []byte{}
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			message = failed.Stderr
		}
		t.Fatalf("%v: %v: %s", args, err, message)
	}
	return out
}

// work lets people work for a phase.
func (u *upgrade) work(t *testing.T) {
	t.Helper()
	until := time.Since(u.began) + *phase
	within(t, "both nodes answer", func() bool {
		return time.Since(u.began) > until && u.gates[0].answered(until-*phase) && u.gates[1].answered(until-*phase)
	})
}

// replace stops a node and starts this release in its place.
func (u *upgrade) replace(t *testing.T, i int) {
	t.Helper()
	n, g := u.nodes[i], u.gates[i]
	g.away.Store(true)
	n.stop(t)
	started := time.Now()
	n.start(t, u.current)
	g.away.Store(false)
	u.ready = append(u.ready, time.Since(started))
	t.Logf("node %d is replaced: this release was ready after %s", i, time.Since(started).Round(time.Millisecond))
}

// contract restarts nodes until the contract migrations are applied: no connection of an earlier node is left.
func (u *upgrade) contract(t *testing.T) {
	t.Helper()
	for i := 0; ; i++ {
		missing := u.missing(t)
		if len(missing) == 0 {
			return
		}
		if i == 3 {
			t.Fatalf("after %d restarts the migrations %v are not applied", i, missing)
		}
		u.replace(t, i%2)
	}
}

// missing returns the contract migrations that are not applied.
func (u *upgrade) missing(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../db/migrations/*_contract.*")
	must(t, err)
	c := u.connect(t)
	defer func() { _ = c.Close(context.Background()) }()
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), "_")
		var applied bool
		must(t, c.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM bun_migrations WHERE name = $1)`, name).Scan(&applied))
		if !applied {
			names = append(names, name)
		}
	}
	return names
}

func (u *upgrade) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), u.superuser)
	must(t, err)
	return c
}

// recover comes back with a recovery code of the earlier release, which ends the person's other sessions.
func (u *upgrade) recover(t *testing.T, v *authtest.Visitor, code string) {
	t.Helper()
	phone := u.newVisitor(t)
	u.ceremony(t, phone, "recovery", map[string]string{"code": code}).Must(t, 200)
	u.isSignedIn(t, "the one who recovered", phone)
}

// report prints the result, and fails if a limit was exceeded.
func (u *upgrade) report(t *testing.T, v history.Verdict) {
	t.Helper()
	var recount db.Recount
	must(t, json.Unmarshal(u.command(t, u.current, "notes", "recount"), &recount))
	if len(recount.Corrected) > 0 {
		t.Errorf("the counters of %d owners were wrong: %+v", len(recount.Corrected), recount.Corrected[:min(3, len(recount.Corrected))])
	}
	for i, g := range u.gates {
		for _, what := range slices.Sorted(maps.Keys(g.wrong)) {
			t.Errorf("node %d, %d times: %s", i, g.wrong[what], what)
		}
	}
	requests, refused, closed := 0, 0, int64(0)
	for _, g := range u.gates {
		closed += g.closed.Load()
		for _, p := range g.answers {
			requests++
			if !p.served() {
				refused++
			}
		}
	}
	busy, away, all := outages(u.gates)
	fmt.Printf("%d notes and %d owners; starts of this release took %v\n", *notes, recount.Owners, u.ready)
	fmt.Printf("longest time that a node was away: %s; that a running node answered 503: %s; that both refused: %s\n", away, busy, all)
	fmt.Printf("%d requests, %d of them refused, %d by a stopping node that closed the connection; %d sign-ins; %d notes trashed and restored\n", requests, refused, closed, u.signIns.Load(), u.tidied.Load())
	fmt.Printf("%d operations; %d writes acknowledged, %d lost, %d doubled; notes without an order: %d\n", v.Operations, v.Acknowledged, v.Lost, v.Doubled, len(v.Wrong))
	if !v.Good() {
		t.Errorf("the history is not that of one notebook: %+v", v)
	}
}
