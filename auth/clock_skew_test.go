package auth_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// nodesWithSkewedClocks returns nodes with clocks that differ as much as docs/operating.md allows, and one with the right time.
func nodesWithSkewedClocks(t *testing.T, site *authtest.Site) []*authtest.Site {
	site.Clock.Stop()
	return []*authtest.Site{site, site.NodeAhead(t, -90*time.Second), site.NodeAhead(t, 90*time.Second)}
}

// advanceClocks moves the time of each node and of the database, which then sweeps. The database's own clock has
// moved since a moment already.
func advanceClocks(t *testing.T, nodes []*authtest.Site, d time.Duration, since time.Time) {
	t.Helper()
	for _, n := range nodes {
		n.Clock.Advance(d)
	}
	nodes[0].Exec(t, `UPDATE spent_proofs SET expires_at = expires_at - make_interval(secs => $1)`, (d - time.Since(since)).Seconds())
	if err := nodes[0].DB.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// singleUse is something that is accepted once. send presents it to a node, and reports whether it is accepted.
type singleUse struct {
	name  string
	nodes []*authtest.Site // that accept it once together
	send  func(t *testing.T, to *authtest.Site) bool
}

// wantReplaysRefused replays what was accepted to every node, every 30 seconds, until each would refuse it as too old.
func wantReplaysRefused(t *testing.T, nodes []*authtest.Site, accepted []singleUse, since time.Time, longest time.Duration) {
	const step = 30 * time.Second
	for passed := time.Duration(0); passed <= longest; passed += step {
		for _, o := range accepted {
			for _, n := range o.nodes {
				if o.send(t, n) {
					t.Errorf("%s: a node with a clock %s off accepts it again after %s", o.name, n.Clock.Now().Sub(nodes[0].Clock.Now()), passed)
				}
			}
		}
		now := time.Now()
		advanceClocks(t, nodes, step, since)
		since = now
	}
}

// RFC 9449 §11.1: a proof is accepted once, although the nodes' clocks differ.
func TestProofIsAcceptedOnceWhereClocksDiffer(t *testing.T) {
	site := authtest.New(t)
	nodes := nodesWithSkewedClocks(t, site)
	began := time.Now()
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	late := authtest.WithProof(authtest.Claim("iat", 1))
	claims := map[string]func(*authtest.Proof){}
	for _, off := range []time.Duration{-150, -60, 0, 60, 150} {
		claims[fmt.Sprintf("made %d s off", off)] = authtest.Claim("iat", site.Clock.Now().Add(off*time.Second).Unix())
	}
	for i, n := range nodes {
		at := *alice
		at.Site = n
		nonce := at.Push(t, authtest.WithKey(alice.Key), late).Header.Get("DPoP-Nonce")
		claims[fmt.Sprintf("with the nonce of node %d", i)] = authtest.Claim("nonce", nonce)
	}
	ways := map[string]func(*authtest.Visitor, ...func(*authtest.Call)) bool{
		"push": func(v *authtest.Visitor, edits ...func(*authtest.Call)) bool {
			return v.Push(t, append(edits, authtest.WithKey(alice.Key))...).Status == 201
		},
		"mutation": func(v *authtest.Visitor, edits ...func(*authtest.Call)) bool {
			return v.GraphQL(t, "mutation { trashNote(id: 1) { note { id } } }", nil, edits...).Status == 200
		},
		"query": func(v *authtest.Visitor, edits ...func(*authtest.Call)) bool {
			return whoami(t, v, edits...).Status == 200
		},
	}
	var accepted []singleUse
	for way, send := range ways {
		for claimed, claim := range claims {
			for first, n := range nodes {
				jti := authtest.Claim("jti", rand.Text())
				o := singleUse{fmt.Sprintf("a %s %s", way, claimed), nodes, func(_ *testing.T, to *authtest.Site) bool {
					at := *alice
					at.Site = to
					return send(&at, authtest.WithProof(claim, jti))
				}}
				if way == "query" { // each node accepts it once
					o.nodes = nodes[first : first+1]
				}
				if o.send(t, n) {
					accepted = append(accepted, o)
				}
			}
		}
	}
	if len(accepted) < 3*(7+8) {
		t.Errorf("%d accepted: the nodes serve fewer clients than they could", len(accepted))
	}
	wantReplaysRefused(t, nodes, accepted, began, 6*time.Minute)
}

// An assertion is accepted once, although the nodes' clocks differ.
func TestAssertionIsAcceptedOnceWhereClocksDiffer(t *testing.T) {
	site := authtest.New(t)
	nodes := nodesWithSkewedClocks(t, site)
	began := time.Now()
	shop, signer := site.Tenant(t, "Shop"), authtest.NewSigner("HS256")
	signer.AddTo(t, site, shop)
	var accepted []singleUse
	for name, life := range map[string][2]time.Duration{
		"for five minutes, from now on": {0, 300}, "for five minutes, that begins late": {100, 400}, "that has just ended": {-100, 10}, "of a slow clock": {-200, -70},
	} {
		for _, n := range nodes {
			now := site.Clock.Now()
			assertion := signer.Assert(site, shop, authtest.Claim("iat", now.Add(life[0]*time.Second).Unix()), authtest.Claim("exp", now.Add(life[1]*time.Second).Unix()))
			o := singleUse{"an assertion " + name, nodes, func(t *testing.T, to *authtest.Site) bool {
				report, err := to.Auth.Assertions().Use(t.Context(), shop, assertion, "")
				must(t, err)
				return report.OK()
			}}
			if o.send(t, n) {
				accepted = append(accepted, o)
			}
		}
	}
	if len(accepted) < 5 {
		t.Errorf("%d accepted", len(accepted))
	}
	wantReplaysRefused(t, nodes, accepted, began, 11*time.Minute)
}
