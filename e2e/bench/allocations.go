package main

import (
	"context"
	"encoding/json"
)

// What a process has allocated since it began.
type allocations struct{ Mallocs, TotalAlloc float64 }

func (b *bench) oursAllocated(ctx context.Context) (a allocations, err error) {
	if a.Mallocs, err = b.service.metric(ctx, "go_memstats_mallocs_total"); err != nil {
		return a, err
	}
	a.TotalAlloc, err = b.service.metric(ctx, "go_memstats_alloc_bytes_total")
	return a, err
}

func (b *bench) handsAllocated(ctx context.Context) (a allocations, err error) {
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
	ours, err := b.allocated(ctx, b.ours(o), b.oursAllocated)
	if err != nil {
		return err
	}
	hands, err := b.allocated(ctx, b.hands(o, true), b.handsAllocated)
	if err != nil {
		return err
	}
	plain, err := b.allocated(ctx, b.hands(o, false), b.handsAllocated)
	if err != nil {
		return err
	}
	proof := middle(mallocs(hands)) - middle(mallocs(plain))
	b.table.set("allocations", mallocs(ours), "the whole request from socket to socket; %s but for the proof", number(middle(mallocs(ours))-proof))
	b.table.set("allocated", kilobytes(ours), "the same; %s but for the proof", number(middle(kilobytes(ours))-middle(kilobytes(hands))+middle(kilobytes(plain))))
	b.table.set("hand allocations", mallocs(hands), "%s KB; to verify the proof is %s of them", number(middle(kilobytes(hands))), number(proof))
	if err := b.profileDuring(ctx, b.ours(o), "first-page"); err != nil {
		return err
	}
	return b.profile(ctx, b.service, "/debug/pprof/allocs", "first-page.allocs.pprof")
}

func (b *bench) allocated(ctx context.Context, c contender, read func(context.Context) (allocations, error)) (out []allocations, err error) {
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
