package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// readCursors reads everybody's first page once, for the cursor at its end.
func (b *bench) readCursors(ctx context.Context) error {
	o := firstPage()
	o.answered = func(p *person, body []byte) {
		_, rest, _ := bytes.Cut(body, []byte(`"endCursor":"`))
		cursor, _, _ := bytes.Cut(rest, []byte(`"`))
		p.after = string(cursor)
	}
	for _, p := range b.people {
		if _, err := b.ask(ctx, b.service, o, p); err != nil {
			return err
		}
		if p.after == "" {
			return errors.New("the first page has no cursor at its end")
		}
	}
	return nil
}

// ask performs an operation once, for one person, and returns the answer.
func (b *bench) ask(ctx context.Context, s *service, o operation, p *person) (body []byte, err error) {
	target := b.asideContender(o).target
	if s == b.hand {
		target = b.handContender(o, true).target
	}
	client := &requester{
		queue:   []signedRequest{{p, target.prove(p, time.Now())}},
		request: target.request,
		answered: func(p *person, answer []byte) {
			body = bytes.Clone(answer)
			if o.answered != nil {
				o.answered(p, answer)
			}
		},
	}
	_, err = load.Run(ctx, s.address, time.Minute, []load.Client{client})
	return body, err
}

// compareAnswers compares the answers of both servers byte by byte: a
// handwritten server that says less would be no fair comparison.
func (b *bench) compareAnswers(ctx context.Context) error {
	for _, o := range operations() {
		if o.body != nil {
			continue // a change made twice is two changes
		}
		for _, p := range b.people[:20] {
			ours, err := b.ask(ctx, b.service, o, p)
			if err != nil {
				return err
			}
			hands, err := b.ask(ctx, b.hand, o, p)
			if err != nil {
				return err
			}
			if !bytes.Equal(ours, hands) {
				return fmt.Errorf("%s: the service answers %.400s and the yardstick %.400s", o.name, ours, hands)
			}
		}
	}
	b.say("both answer the same bytes")
	return nil
}

// measureOperations compares what people do with their notes to the same by hand.
func (b *bench) measureOperations(ctx context.Context) error {
	if err := b.compareAnswers(ctx); err != nil {
		return err
	}
	for _, o := range operations() {
		d, err := b.compare(ctx, b.asideContender(o), b.handContender(o, true))
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		b.table.set(o.name, d.ratios(rate), "%s", d.note())
		if o.name == "one" { // the cheapest by hand, where what is the same for every request weighs most
			if err := b.profileDuring(ctx, b.service, b.asideContender(o), "one-note"); err != nil {
				return err
			}
		}
	}
	o := firstPage()
	d, err := b.compare(ctx, b.handContender(o, false), b.handContender(o, true))
	if err != nil {
		return err
	}
	b.table.set("plain", d.ratios(rate), "%s", d.note())
	return nil
}

// note describes how fast both were, and their CPU.
func (d comparison) note() string {
	_, cpu, _ := spread(d.ratios(total))
	_, own, _ := spread(d.ratios(server))
	return fmt.Sprintf("%s/s against %s/s; CPU with PostgreSQL × %s (%s µs a request), of the process alone × %s",
		number(median(d.a, rate)), number(median(d.b, rate)), number(cpu), number(median(d.a, total)/1000), number(own))
}
