package main

import (
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
				// With a prime step everybody has a turn, and nobody two turns soon after each other.
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

func hostOf(origin string) string { return origin[len("http://"):] }
