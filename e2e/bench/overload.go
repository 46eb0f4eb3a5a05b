package main

import (
	"context"
	"net/http"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// measureOverload compares the service's throughput when everybody sends requests at once to its
// best throughput. A service that accepts more than it can do would answer less and less, since
// the requests that it has begun delay those that it could finish.
func (b *bench) measureOverload(ctx context.Context) error {
	calm := b.asideContender(firstPage())
	all := &overload{bench: b, target: calm.target}
	d, err := b.compare(ctx, contender{name: "everybody", process: b.service.process, slice: all.slice}, calm)
	if err != nil {
		return err
	}
	b.table.set("overload", d.ratios(rate), "%d people at once, each sends the next request after any answer: %s/s answered and %s%% refused; %s/s answered on %d connections",
		len(b.people), number(median(d.a, rate)), number(all.refusals()), number(median(d.b, rate)), b.connection)
	return nil
}

// A overload is all the people who are signed in, each on a connection of their own.
type overload struct {
	*bench
	target            target
	answered, refused int
}

// The proofs of a slice are signed before it: as many as the service can answer at its best, even
// if it refuses every second request in a tenth of the time.
const overloadRate = 30_000

func (c *overload) slice(ctx context.Context, d time.Duration) (load.Result, error) {
	now := time.Now()
	queues := c.queues(int(overloadRate*d.Seconds()), len(c.people), func(p *person) string { return c.target.prove(p, now) })
	clients, people := make([]load.Client, len(queues)), make([]*refusalCounter, len(queues))
	for i, q := range queues {
		people[i] = &refusalCounter{requester: requester{queue: q, request: c.target.request}}
		clients[i] = people[i]
	}
	r, err := load.Run(ctx, c.target.address, d, clients)
	r.Requests = 0
	for _, p := range people {
		r.Requests += p.served
		c.answered, c.refused = c.answered+p.served, c.refused+p.refused
	}
	return r, err
}

// refusals is how many of a hundred requests were refused.
func (c *overload) refusals() float64 {
	return 100 * float64(c.refused) / float64(c.answered+c.refused)
}

// refusalCounter is an asker that accepts refusals.
type refusalCounter struct {
	requester
	served, refused int
}

func (i *refusalCounter) Answered(status int, header http.Header, body []byte) error {
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		i.refused++
		return nil
	}
	i.served++
	return i.requester.Answered(status, header, body)
}
