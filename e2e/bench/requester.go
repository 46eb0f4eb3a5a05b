package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// A signedRequest person is about to send a request, with a proof that was signed before the measurement.
type signedRequest struct {
	*person
	proof string
}

// requester is the load.Client of some of the people.
type requester struct {
	queue    []signedRequest
	current  *person
	request  func(b []byte, p signedRequest) []byte
	answered func(*person, []byte)
}

func (a *requester) Next(b []byte) ([]byte, bool) {
	if len(a.queue) == 0 {
		return b, false
	}
	p := a.queue[0]
	a.queue, a.current = a.queue[1:], p.person
	return a.request(b, p), true
}

func (a *requester) Answered(status int, _ http.Header, body []byte) error {
	if !isAnswer(status, body) {
		return load.Refused(status, body)
	}
	if a.answered != nil {
		a.answered(a.current, body)
	}
	return nil
}

// queues distributes n requests over connections. Each connection has its own people, so
// that a person's changes come one after the other.
func (b *bench) queues(n, connections int, prove func(*person) string) [][]signedRequest {
	queues, each := make([][]signedRequest, connections), max(1, len(b.people)/connections)
	var done sync.WaitGroup
	for c := range queues {
		done.Go(func() {
			queues[c] = make([]signedRequest, 0, n/connections+1)
			for i := range n / connections {
				// A prime step reaches everybody, and nobody twice soon.
				p := b.people[c*each+i*7919%each]
				queues[c] = append(queues[c], signedRequest{p, prove(p)})
			}
		})
	}
	done.Wait()
	return queues
}

// A target is what a contender's requests are written for.
type target struct {
	address string
	method  string // of the proof; "" for no proof
	url     string // of the proof
	request func(b []byte, p signedRequest) []byte
}

// prove signs a proof for what a person sends to t now.
func (t target) prove(p *person, now time.Time) string {
	if t.method == "" {
		return ""
	}
	return p.key.Proof(t.method, t.url, p.token, now)
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
	name, prefix, method := "hand", "", o.method
	if !dpop {
		name, prefix, method = "hand without DPoP", "/plain", ""
	}
	return b.newContender(name, b.hand.process, target{
		address: b.hand.address, method: method, url: b.service.frame + "/graphql",
		request: func(buffer []byte, p signedRequest) []byte {
			var body []byte
			if o.body != nil {
				body = o.body(p.person)
			}
			headers := []load.Header{{Name: "Authorization", Value: "DPoP " + p.token}, {Name: "DPoP", Value: p.proof}}
			if !dpop {
				headers[1] = load.Header{Name: "Key", Value: p.key.Thumbprint}
			}
			return load.Append(buffer, o.method, b.hand.address, prefix+o.path(p.person), body, headers...)
		},
	}, o.answered)
}

func hostOf(origin string) string { return origin[len("http://"):] }
