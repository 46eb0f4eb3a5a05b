package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

const megabyte = 1 << 20

// errNoStreams is returned if a subscription is answered without a stream.
var errNoStreams = errors.New("no stream")

const streamCount = 5000

// measureMemory starts a new service and measures its memory: after its
// first answer, with 1,000 signed-in people who have each read a page on a connection of their own, and with
// open streams.
func (b *bench) measureMemory(ctx context.Context) error {
	fresh, err := b.serve(ctx, "aside-fresh", b.aside, b.cluster.url(large), "")
	if err != nil {
		return err
	}
	defer fresh.stop()
	if _, err := get(ctx, "http://"+fresh.address+"/readyz"); err != nil {
		return err
	}
	if err := b.recordResident(fresh, "idle", "after its first answer"); err != nil {
		return err
	}
	release, err := b.openStreams(ctx, fresh, signedInPeople, "", firstPage())
	if err != nil {
		return err
	}
	err = b.recordResident(fresh, "thousand", "each on a connection that stays open, after a page each")
	release()
	if err != nil {
		return err
	}
	release, err = b.openStreams(ctx, fresh, streamCount, load.EventStream, operation{operation: "Changed"})
	if errors.Is(err, errNoStreams) {
		b.table.set("streams", nil, "%s", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	return b.recordResident(fresh, "streams", "of 1,000 people, five each")
}

func (b *bench) recordResident(s *service, row, note string) error {
	bytes, err := s.resident()
	if err == nil {
		b.table.set(row, []float64{float64(bytes) / megabyte}, "RSS %s", note)
	}
	return err
}

// openStreams sends a request of each person to a service, on connections that stay open.
func (b *bench) openStreams(ctx context.Context, s *service, n int, accept string, o operation) (release func(), err error) {
	clients := make([]load.Client, n)
	for i := range clients {
		clients[i] = &openStream{service: s, person: b.people[i%len(b.people)], accept: accept, operation: o}
	}
	if accept != "" { // one first: there may be no streams at all
		release, err := load.Hold(ctx, s.address, clients[:1])
		if err != nil {
			return nil, err
		}
		release()
	}
	return load.Hold(ctx, s.address, clients)
}

// openStream is the client of one open connection.
type openStream struct {
	*person
	service   *service
	accept    string
	operation operation
}

func (h *openStream) Next(buffer []byte) ([]byte, bool) {
	return load.Append(buffer, http.MethodPost, hostOf(h.service.frame), "/graphql", h.operation.graphQL(h.person),
		load.Header{Name: "Authorization", Value: "DPoP " + h.token}, load.Header{Name: "Accept", Value: h.accept},
		load.Header{Name: "DPoP", Value: h.key.Proof(http.MethodPost, h.service.frame+"/graphql", h.token, time.Now())}), true
}

func (h *openStream) Answered(status int, header http.Header, body []byte) error {
	streams := status == http.StatusOK && strings.HasPrefix(header.Get("Content-Type"), load.EventStream)
	switch {
	case h.accept == load.EventStream && !streams:
		return fmt.Errorf("%w: a subscription is answered %d", errNoStreams, status)
	case h.accept == "" && !isAnswer(status, body):
		return load.Refused(status, body)
	}
	return nil
}

// What a process has allocated since it began.
type allocations struct{ Mallocs, TotalAlloc float64 }

func (b *bench) asideAllocations(ctx context.Context) (a allocations, err error) {
	if a.Mallocs, err = b.service.metric(ctx, "go_memstats_mallocs_total"); err != nil {
		return a, err
	}
	a.TotalAlloc, err = b.service.metric(ctx, "go_memstats_alloc_bytes_total")
	return a, err
}

func (b *bench) handAllocations(ctx context.Context) (a allocations, err error) {
	body, err := get(ctx, "http://"+b.hand.address+"/memory")
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(body, &a)
}

// measureAllocations counts what a whole request for the first page allocates in the real
// binary, from the socket to the socket: HTTP, proof, session, metrics and log included.
func (b *bench) measureAllocations(ctx context.Context) error {
	o := firstPage()
	ours, err := b.allocationsOf(ctx, b.asideContender(o), b.asideAllocations)
	if err != nil {
		return err
	}
	hands, err := b.allocationsOf(ctx, b.handContender(o, true), b.handAllocations)
	if err != nil {
		return err
	}
	plain, err := b.allocationsOf(ctx, b.handContender(o, false), b.handAllocations)
	if err != nil {
		return err
	}
	proof := middle(mallocs(hands)) - middle(mallocs(plain))
	b.table.set("allocations", mallocs(ours), "the whole request from socket to socket; %s without those of the proof", number(middle(mallocs(ours))-proof))
	b.table.set("allocated", kilobytes(ours), "the same; %s without those of the proof", number(middle(kilobytes(ours))-middle(kilobytes(hands))+middle(kilobytes(plain))))
	b.table.set("hand allocations", mallocs(hands), "%s KB; the verification of the proof makes %s of them", number(middle(kilobytes(hands))), number(proof))
	if err := b.profileDuring(ctx, b.service, b.asideContender(o), "first-page"); err != nil {
		return err
	}
	return b.writeProfile(ctx, b.service, "/debug/pprof/allocs", "first-page.allocs.pprof")
}

func (b *bench) allocationsOf(ctx context.Context, c contender, read func(context.Context) (allocations, error)) (out []allocations, err error) {
	for range 3 {
		before, err := read(ctx)
		if err != nil {
			return nil, err
		}
		r, err := c.slice(ctx, b.slice)
		if err != nil {
			return nil, err
		}
		after, err := read(ctx)
		if err != nil {
			return nil, err
		}
		n := float64(r.Requests)
		out = append(out, allocations{(after.Mallocs - before.Mallocs) / n, (after.TotalAlloc - before.TotalAlloc) / n})
	}
	return out, nil
}

func mallocs(all []allocations) (out []float64) {
	for _, a := range all {
		out = append(out, a.Mallocs)
	}
	return out
}

func kilobytes(all []allocations) (out []float64) {
	for _, a := range all {
		out = append(out, a.TotalAlloc/1000)
	}
	return out
}

func middle(values []float64) float64 {
	_, m, _ := spread(values)
	return m
}
