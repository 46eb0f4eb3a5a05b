//go:build failover && linux

package failover

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/e2e/history"
)

// The limits of a run.
const (
	people        = 4
	answeredAfter = 2 * time.Second // after a promotion
	comesBack     = 0.99            // of the refusals
)

var (
	rounds = flag.Int("rounds", 10, "how often something happens")
	only   = flag.String("fault", "", "play this fault alone")
)

// round is one fault and its result.
type round struct {
	fault               string
	began               time.Duration // of the history
	promoted, again     time.Duration // since began
	acknowledged        int
	comeBack, otherwise int
	others              map[string]int
	outdated            int // reads that may be out of date
}

// After any fault of the primary, no acknowledged write is lost or doubled, and everyone sees one order. The service
// recovers by itself and answers 503 in the meantime.
func TestFailover(t *testing.T) {
	began := time.Now()
	c := newCluster(t)
	binary := build(t)
	key := make([]byte, seal.KeySize)
	_, _ = rand.Read(key)
	databaseURL, masterKey := c.database(t), base64.StdEncoding.EncodeToString(key)
	first := serve(t, binary, databaseURL, masterKey, nil)
	nodes := []*node{first, serve(t, binary, databaseURL, masterKey, first)}
	t.Cleanup(func() {
		for i, n := range nodes {
			keepLog(t, n, fmt.Sprintf("node-%d.log", i), c.dir)
		}
	})
	t.Logf("the cluster and two nodes are up after %s", time.Since(began).Round(time.Second))

	h, quit := history.New(), make(chan struct{})
	var persons []*history.Person
	var clients sync.WaitGroup
	for range people {
		v := first.site(t).Visitor(t, &db.Tenant{Key: "t_demo", Name: "Hillside Tea", EmbedOrigins: []string{first.shop}})
		v.SignUp(t)
		p := h.NewPerson(v)
		persons = append(persons, p)
		for i, n := range nodes {
			client := p.At(i, n.site(t))
			clients.Go(func() { client.Run(t, quit) })
		}
	}

	faults := map[string]func(*testing.T, *cluster, *member) (mend func()){"kill -9": kill, "freeze": freeze, "freeze and reset": freezeAndReset, "switchover": switchOver, patroniDies: orphan}
	// Each fault occurs equally often, in random order.
	var names []string
	for i := range *rounds {
		names = append(names, cmp.Or(*only, []string{"kill -9", "freeze", "switchover", patroniDies, "freeze and reset"}[i%5]))
	}
	mathrand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var played []*round
	for _, name := range names {
		played = append(played, runRound(t, c, h, nodes, name, faults[name]))
	}
	close(quit)
	clients.Wait()
	final := map[uuid.UUID][]history.Note{}
	for _, p := range persons {
		p.Final(t, final)
	}
	verdict := h.Check(final, 2*time.Minute)
	report(t, h, played, verdict)
	for i, n := range nodes {
		if !n.running() {
			t.Errorf("node %d has ended", i)
		}
	}
}

func kill(t *testing.T, _ *cluster, primary *member) func() {
	primary.kill(t)
	return func() { primary.start(t) }
}

// freeze stops a server's processes until the other server is promoted. They then continue where they stopped, as those of a virtual
// machine that was moved.
func freeze(_ *testing.T, _ *cluster, primary *member) func() {
	primary.each(syscall.SIGSTOP)
	return func() { primary.each(syscall.SIGCONT) }
}

// freezeAndReset stops a server's processes, and resets the server after the promotion as a watchdog does.
func freezeAndReset(t *testing.T, _ *cluster, primary *member) func() {
	primary.each(syscall.SIGSTOP)
	return func() {
		primary.kill(t)
		primary.start(t)
	}
}

func switchOver(t *testing.T, c *cluster, primary *member) func() {
	go c.switchOver(t, primary)
	return func() {}
}

// patroniDies is the fault in which the primary continues while the other server is promoted. The old primary acknowledges
// no writes, since its synchronous standby is gone.
const patroniDies = "Patroni dies"

func orphan(t *testing.T, _ *cluster, primary *member) func() {
	primary.killProgram(t)
	return func() { primary.start(t) } // which demotes the old primary
}

// runRound causes a fault and waits until both nodes answer writes again and the cluster is complete.
func runRound(t *testing.T, c *cluster, h *history.History, nodes []*node, name string, fault func(*testing.T, *cluster, *member) func()) *round {
	t.Helper()
	primary := c.settled(t)
	for i := range nodes {
		wrote(t, h, i, h.Now())
	}
	r := &round{fault: name, began: h.Now(), others: map[string]int{}}
	mend := fault(t, c, primary)
	standby := c.other(primary)
	follows := r.began // the last time that the standby followed
	within(t, "the standby is promoted", func() bool {
		now := h.Now()
		if standby.writable(t.Context()) {
			return true
		}
		follows = now
		return false
	})
	promoted := h.Now()
	r.promoted = promoted - r.began
	noticed := make([]time.Duration, len(nodes))
	for i := range nodes {
		noticed[i] = wrote(t, h, i, promoted)
		r.again = max(r.again, noticed[i]-r.began)
	}
	mend()
	for _, o := range h.Operations(r.began) {
		switch {
		case o.Wrote():
			r.acknowledged++
		case o.Outcome != history.Unanswered:
		case o.Refusal.ComesBack():
			r.comeBack++
		default:
			r.otherwise++
			r.others[fmt.Sprintf("%d", o.Refusal.Status)]++
		}
	}
	if name == patroniDies { // reads are out of date until the node has noticed, as docs/operating.md says
		for i := range nodes {
			r.outdated += h.Disregard(i, follows, noticed[i])
		}
	}
	t.Logf("round: %s, promoted after %s, writes again after %s", r.fault, r.promoted, r.again)
	return r
}

// wrote waits until a node acknowledges a write that began after from, and returns when.
func wrote(t *testing.T, h *history.History, node int, from time.Duration) (at time.Duration) {
	t.Helper()
	within(t, fmt.Sprintf("node %d answers a write", node), func() bool {
		at = math.MaxInt64
		for _, o := range h.Operations(from) {
			if o.Node == node && o.Wrote() {
				at = min(at, o.Return)
			}
		}
		return at < math.MaxInt64
	})
	return at
}

// report prints the result of each round, and fails if a limit was exceeded.
func report(t *testing.T, h *history.History, played []*round, v history.Verdict) {
	t.Helper()
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "round\tfault\tpromoted after\twrites again after\tafter promotion\tacknowledged\trefused 503 + Retry-After\trefused otherwise\tmay be out of date")
	comeBack, otherwise := 0, 0
	for i, r := range played {
		late := r.again - r.promoted
		fmt.Fprintf(table, "%d\t%s\t%.1f s\t%.1f s\t%.2f s\t%d\t%d\t%d %v\t%d\n", i+1, r.fault, r.promoted.Seconds(), r.again.Seconds(), late.Seconds(),
			r.acknowledged, r.comeBack, r.otherwise, r.others, r.outdated)
		comeBack, otherwise = comeBack+r.comeBack, otherwise+r.otherwise
		if late > answeredAfter {
			t.Errorf("round %d: writes are answered %s after the promotion", i+1, late)
		}
	}
	_ = table.Flush()
	fmt.Printf("%s%d operations; %d writes acknowledged, %d lost, %d doubled; notes without an order: %d; refused with 503 and Retry-After: %.2f %%\n",
		&text, v.Operations, v.Acknowledged, v.Lost, v.Doubled, len(v.Wrong), 100*float64(comeBack)/max(float64(comeBack+otherwise), 1))
	if !v.Good() {
		t.Errorf("the history is not that of one notebook: %+v", v)
		for _, id := range v.Wrong {
			for _, o := range h.Operations(0) {
				if o.ID == id {
					t.Logf("%+v", o)
				}
			}
		}
	}
	if float64(comeBack) < comesBack*float64(comeBack+otherwise) {
		t.Errorf("of what was refused, %d came with 503 and Retry-After and %d without", comeBack, otherwise)
	}
}

// keepLog saves a node's log if the run failed.
func keepLog(t *testing.T, n *node, name, dir string) {
	t.Helper()
	b, err := os.ReadFile(n.log)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, name), b, 0o644))
}
