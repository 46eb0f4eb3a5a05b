package main

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// A contender is one side of a comparison.
type contender struct {
	name    string
	process *process // the server; nil for none but PostgreSQL
	target  target   // that it asks, if it is one of contend's
	slice   func(context.Context, time.Duration) (load.Result, error)
}

// A sample is what one slice of one contender was.
type sample struct {
	rate   float64       // requests a second
	server time.Duration // CPU of the server process for a request
	total  time.Duration // the same with PostgreSQL's
}

// A comparison is what slices of two contenders in turn gave: a pair for each ratio.
type comparison struct{ a, b []sample }

// compare has a and b take turns. Which of them is first changes from pair to pair.
func (b *bench) compare(ctx context.Context, one, other contender) (d comparison, err error) {
	for _, c := range []contender{one, other} { // plans are made, caches filled
		if _, err := c.slice(ctx, b.slice/2); err != nil {
			return d, err
		}
	}
	for i := range b.pairs {
		order := []contender{one, other}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, c := range order {
			s, err := b.sample(ctx, c)
			if err != nil {
				return d, err
			}
			if c.name == one.name {
				d.a = append(d.a, s)
			} else {
				d.b = append(d.b, s)
			}
		}
	}
	b.say("%s: %.0f/s, %s %.0f/s", one.name, median(d.a, rate), other.name, median(d.b, rate))
	return d, nil
}

func (b *bench) sample(ctx context.Context, c contender) (s sample, err error) {
	var before, after [2]time.Duration
	usage := func() (u [2]time.Duration, err error) {
		if c.process != nil {
			if u[0], err = c.process.cpu(); err != nil {
				return u, err
			}
		}
		u[1], err = b.cluster.cpu()
		return u, err
	}
	if before, err = usage(); err != nil {
		return s, err
	}
	r, err := c.slice(ctx, b.slice)
	if err != nil {
		return s, err
	}
	if after, err = usage(); err != nil {
		return s, err
	}
	n := time.Duration(r.Requests)
	s.rate, s.server = r.Rate(), (after[0]-before[0])/n
	s.total = s.server + (after[1]-before[1])/n
	return s, nil
}

func rate(s sample) float64   { return s.rate }
func server(s sample) float64 { return float64(s.server) }
func total(s sample) float64  { return float64(s.total) }

// ratios gives of a ÷ b for each pair.
func (d comparison) ratios(of func(sample) float64) []float64 {
	out := make([]float64, len(d.a))
	for i := range out {
		out[i] = of(d.a[i]) / of(d.b[i])
	}
	return out
}

func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	_, m, _ := spread(values)
	return m
}

// spread returns the least, the median and the greatest of values.
func spread(values []float64) (least, middle, most float64) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return sorted[0], (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[n-1]
}

// newContender returns a contender in which people send requests to a target. It signs as many proofs as the
// last rate makes likely to be needed.
func (b *bench) newContender(name string, p *process, t target, answered func(*person, []byte)) contender {
	expected := 4000.0
	return contender{name: name, process: p, target: t, slice: func(ctx context.Context, d time.Duration) (load.Result, error) {
		now := time.Now()
		queues := b.queues(int(expected*d.Seconds()*1.5)+10*b.connection, b.connection, func(p *person) string { return t.prove(p, now) })
		clients := make([]load.Client, len(queues))
		for i, q := range queues {
			clients[i] = &requester{queue: q, request: t.request, answered: answered}
		}
		r, err := load.Run(ctx, t.address, d, clients)
		if err == nil {
			expected = max(expected/2, r.Rate())
		}
		return r, err
	}}
}

// asideContender sends an operation to the service.
func (b *bench) asideContender(o operation) contender {
	host := hostOf(b.service.frame)
	return b.newContender("aside", b.service.process, target{
		address: b.service.address, method: http.MethodPost, url: b.service.frame + "/graphql",
		request: func(buffer []byte, p signedRequest) []byte {
			return load.Append(buffer, http.MethodPost, host, "/graphql", o.graphQL(p.person),
				load.Header{Name: "Authorization", Value: "DPoP " + p.token}, load.Header{Name: "DPoP", Value: p.proof})
		},
	}, o.answered)
}

// handContender sends it to the handwritten server, with proofs or without.
func (b *bench) handContender(o operation, dpop bool) contender {
	name, prefix, method := "hand", "", http.MethodPost
	if !dpop {
		name, prefix, method = "hand without DPoP", "/plain", ""
	}
	return b.newContender(name, b.hand.process, target{
		address: b.hand.address, method: method, url: b.service.frame + "/graphql",
		request: func(buffer []byte, p signedRequest) []byte {
			body := []byte("{}")
			if o.body != nil {
				body = o.body(p.person)
			}
			headers := []load.Header{{Name: "Authorization", Value: "DPoP " + p.token}, {Name: "DPoP", Value: p.proof}}
			if !dpop {
				headers[1] = load.Header{Name: "Key", Value: p.key.Thumbprint}
			}
			return load.Append(buffer, http.MethodPost, b.hand.address, prefix+o.path(p.person), body, headers...)
		},
	}, o.answered)
}
