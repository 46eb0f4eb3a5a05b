package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// measureSignIn measures whole sign-ins with a passkey at the account origin: offer, answer and all that is stored for
// them. It compares their rate with that of an earlier release, and their CPU time with that of go-webauthn, which only
// verifies an assertion.
func (b *bench) measureSignIn(ctx context.Context) error {
	current, err := b.serveSignIns(ctx, "sign-in", b.aside)
	if err != nil {
		return err
	}
	defer current.stop()
	if err := b.compareWithVerification(ctx, current); err != nil {
		return err
	}
	if err := b.profileDuring(ctx, current.service, current.contender(b.connection), "sign-in"); err != nil {
		return err
	}
	if b.earlier == "" {
		b.table.setGoalless("sign-in earlier", "-earlier names no binary to compare with")
		return nil
	}
	earlier, err := b.serveSignIns(ctx, "sign-in-earlier", b.earlier)
	if err != nil {
		return err
	}
	defer earlier.stop()
	c, err := b.compare(ctx, current.contender(b.connection), earlier.contender(b.connection))
	if err != nil {
		return err
	}
	b.table.set("sign-in earlier", c.ratios(rate), "%s", c.note())
	return nil
}

// compareWithVerification compares CPU time, not rates, since the verification is not a service but a loop.
func (b *bench) compareWithVerification(ctx context.Context, s *signInService) error {
	bare, err := newVerification(s.account, s.holders[0])
	if err != nil {
		return err
	}
	signIns := s.contender(b.connection)
	if _, err := signIns.slice(ctx, b.slice/2); err != nil {
		return err
	}
	var own, all, took, rates []float64
	for range b.pairs {
		verification, err := bare.measure(b.slice / 3)
		if err != nil {
			return err
		}
		s, err := b.sample(ctx, signIns)
		if err != nil {
			return err
		}
		own = append(own, float64(verification)/float64(s.server))
		all = append(all, float64(verification)/float64(s.total))
		took, rates = append(took, float64(verification)/1000), append(rates, s.rate)
	}
	b.table.set("sign-in", own, "CPU of the service's process; %s sign-ins/s, each committed to disk; a bare verification takes %s µs", number(middle(rates)), number(middle(took)))
	b.table.set("sign-in whole", all, "besides the verification, a sign-in is two requests and their work in the database")
	return nil
}

// A signInService is a release that runs with its own database, and the people who have an account there.
type signInService struct {
	*service
	holders []*holder
}

// serveSignIns starts a release and signs people up there. It uses HTTP, so it does not matter how a release stores them.
func (b *bench) serveSignIns(ctx context.Context, name, program string) (_ *signInService, err error) {
	database := strings.ReplaceAll("aside-"+name, "-", "_")
	if err := b.cluster.create(ctx, database); err != nil {
		return nil, err
	}
	s := &signInService{}
	if s.service, err = b.serve(ctx, name, program, b.cluster.url(database), ""); err != nil {
		return nil, err
	}
	clients := make([]load.Client, b.connection)
	for i := range clients {
		share := make([]*holder, len(b.people)/b.connection)
		for j := range share {
			share[j] = newHolder(s.account)
		}
		s.holders = append(s.holders, share...)
		clients[i] = &visitor{service: s.service, ceremony: "registration", holders: share, once: true}
	}
	r, err := load.Run(ctx, s.address, time.Minute, clients)
	if err == nil && r.Requests < 2*len(s.holders) {
		err = errors.New("a minute is too short for everybody's sign-up")
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// contender returns a contender that signs in over so many connections, each with its own people.
func (s *signInService) contender(connections int) contender {
	parts := slices.Collect(slices.Chunk(s.holders, len(s.holders)/connections))[:connections]
	return contender{name: "sign-in at " + s.address, process: s.process, slice: func(ctx context.Context, d time.Duration) (load.Result, error) {
		clients := make([]load.Client, connections)
		for i := range clients {
			clients[i] = &visitor{service: s.service, ceremony: "login", holders: parts[i]}
		}
		r, err := load.Run(ctx, s.address, d, clients)
		r.Requests = (r.Requests + 1) / 2 // each sign-in has two: offer and answer
		return r, err
	}}
}

// A visitor goes through one ceremony after the other, each time as the next holder in a fresh browser.
type visitor struct {
	service  *service
	ceremony string // registration or login
	holders  []*holder
	once     bool // each holder goes through one ceremony
	done     int
	answer   []byte // to the offer, once there is one
	cookies  string
}

func (v *visitor) Next(buffer []byte) ([]byte, bool) {
	if v.once && v.done == len(v.holders) {
		return buffer, false
	}
	path, body := "/passkeys/"+v.ceremony, []byte{}
	if v.answer != nil {
		path, body = path+"/finish", v.answer
	}
	return load.Append(buffer, http.MethodPost, hostOf(v.service.account), path, body, load.Header{Name: "Cookie", Value: v.cookies}), true
}

func (v *visitor) Answered(status int, header http.Header, body []byte) error {
	if status != http.StatusOK {
		return load.Refused(status, body)
	}
	if v.answer != nil {
		v.answer, v.cookies = nil, ""
		v.done++
		return nil
	}
	var offer struct {
		Ceremony string
		Options  struct {
			Challenge string
			User      struct{ ID string }
		}
	}
	if err := json.Unmarshal(body, &offer); err != nil {
		return err
	}
	for _, cookie := range header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(cookie, ";")
		v.cookies = strings.TrimPrefix(v.cookies+"; "+pair, "; ")
	}
	h := v.holders[v.done%len(v.holders)]
	credential := h.assert
	if v.ceremony == "registration" {
		var err error
		if h.handle, err = base64.RawURLEncoding.DecodeString(offer.Options.User.ID); err != nil {
			return err
		}
		credential = h.attest
	}
	v.answer = fmt.Appendf(nil, `{"ceremony":"%s","credential":%s}`, offer.Ceremony, credential(offer.Options.Challenge))
	return nil
}
