package main

import (
	"context"
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

const openStreams = 5000

// measureMemory starts a new service and measures its memory: after its
// first answer, with 1,000 signed-in people who have each read a page on a connection of their own, and with
// open streams.
func (b *bench) measureMemory(ctx context.Context) error {
	fresh, err := b.serve(ctx, "aside-fresh", b.cluster.url(large), "")
	if err != nil {
		return err
	}
	defer fresh.stop()
	if _, err := get(ctx, "http://"+fresh.address+"/readyz"); err != nil {
		return err
	}
	if err := b.held(fresh, "idle", "after its first answer"); err != nil {
		return err
	}
	release, err := b.hold(ctx, fresh, signedInPeople, "", firstPage())
	if err != nil {
		return err
	}
	err = b.held(fresh, "thousand", "each on a connection that stays open, after a page each")
	release()
	if err != nil {
		return err
	}
	release, err = b.hold(ctx, fresh, openStreams, load.EventStream, operation{operation: "Changed"})
	if errors.Is(err, errNoStreams) {
		b.table.set("streams", nil, "%s", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	return b.held(fresh, "streams", "of 1,000 people, five each")
}

func (b *bench) held(s *service, row, note string) error {
	bytes, err := s.resident()
	if err == nil {
		b.table.set(row, []float64{float64(bytes) / megabyte}, "RSS %s", note)
	}
	return err
}

// hold sends a request of each person to a service, on connections that stay open.
func (b *bench) hold(ctx context.Context, s *service, n int, accept string, o operation) (release func(), err error) {
	clients := make([]load.Client, n)
	for i := range clients {
		clients[i] = &holding{service: s, person: b.people[i%len(b.people)], accept: accept, operation: o}
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

// holding is the client of one connection of hold's.
type holding struct {
	*person
	service   *service
	accept    string
	operation operation
}

func (h *holding) Next(buffer []byte) ([]byte, bool) {
	return load.Append(buffer, http.MethodPost, hostOf(h.service.frame), "/graphql", h.operation.graphQL(h.person),
		load.Header{Name: "Authorization", Value: "DPoP " + h.token}, load.Header{Name: "Accept", Value: h.accept},
		load.Header{Name: "DPoP", Value: h.key.Proof(http.MethodPost, h.service.frame+"/graphql", h.token, time.Now())}), true
}

func (h *holding) Answered(status int, header http.Header, body []byte) error {
	streams := status == http.StatusOK && strings.HasPrefix(header.Get("Content-Type"), load.EventStream)
	switch {
	case h.accept == load.EventStream && !streams:
		return fmt.Errorf("%w: a subscription is answered %d", errNoStreams, status)
	case h.accept == "" && !isAnswer(status, body):
		return load.Refused(status, body)
	}
	return nil
}
