package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/e2e/bench/load"
)

// peerSchema creates the peer's schema in the same database, with an index for the list and with row-level security by the
// person in the JWT. Its notes are those of the signed-in people, in plain text, since the peer encrypts nothing. The peer's
// role can read nothing else.
var peerSchema = []string{
	`DROP SCHEMA IF EXISTS peer CASCADE`,
	`CREATE SCHEMA peer`,
	`CREATE TABLE peer.notes (
		user_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL, body text NOT NULL, tags text[] NOT NULL,
		pinned boolean NOT NULL, version integer NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
		trashed_at timestamptz, PRIMARY KEY (user_id, id))`,
	`CREATE INDEX notes_pinned ON peer.notes (user_id, pinned DESC, updated_at DESC, id DESC)`,
	`ALTER TABLE peer.notes ENABLE ROW LEVEL SECURITY`,
	`CREATE POLICY own ON peer.notes USING (user_id = nullif(current_setting('jwt.claims.user_id', true), '')::uuid)`,
	`DO $$ BEGIN CREATE ROLE peer_reader NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
	`GRANT peer_reader TO aside`,
	`GRANT USAGE ON SCHEMA peer TO peer_reader, aside`,
	`GRANT SELECT ON peer.notes TO peer_reader, aside`,
}

// peerDocument requests the same fields as the widget's first page.
const peerDocument = "{allNotes(first:20,orderBy:[PINNED_DESC,UPDATED_AT_DESC,ROW_ID_DESC]){edges{node{rowId title body tags pinned version updatedAt trashedAt}}" +
	"pageInfo{hasNextPage endCursor}}}"

// measurePeer compares Aside's first page with PostGraphile's.
func (b *bench) measurePeer(ctx context.Context) error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("no Node here: %w", err)
	}
	if err := b.installPeer(ctx); err != nil {
		return err
	}
	if err := b.seedPeer(ctx); err != nil {
		return err
	}
	p, secret, err := b.servePeer(ctx)
	if err != nil {
		return err
	}
	defer p.stop()
	body := fmt.Appendf(nil, `{"query":%s}`, quote(peerDocument))
	tokens := map[*person]string{}
	for _, person := range b.people {
		tokens[person] = "Bearer " + peerToken(person, secret)
	}
	peer := b.newContender("PostGraphile", p, target{
		address: p.ready[0],
		request: func(buffer []byte, who signedRequest) []byte {
			return load.Append(buffer, http.MethodPost, p.ready[0], "/graphql", body, load.Header{Name: "Authorization", Value: tokens[who.person]})
		},
	}, nil)
	if err := b.checkPeer(ctx, peer); err != nil {
		return err
	}
	d, err := b.compare(ctx, b.asideContender(firstPage()), peer)
	if err != nil {
		return err
	}
	b.table.set("peer core", inverse(d.ratios(server)), "requests for a second of the server process's CPU; %s/s against %s/s of one process in all",
		number(median(d.a, rate)), number(median(d.b, rate)))
	b.table.set("peer cpu", d.ratios(total), "%s µs against %s µs a request; PostGraphile decrypts nothing", number(median(d.a, total)/1000), number(median(d.b, total)/1000))
	return nil
}

// installPeer installs the peer's packages with npm, as its package-lock.json pins them, unless they are there.
func (b *bench) installPeer(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(b.peer, "node_modules", ".package-lock.json")); err == nil {
		return nil
	}
	b.say("npm ci in %s", b.peer)
	command := exec.CommandContext(ctx, "npm", "ci", "--no-progress")
	command.Dir = b.peer
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("it cannot be installed: npm ci: %w: %.300s", err, out)
	}
	return nil
}

func (b *bench) seedPeer(ctx context.Context) error {
	if err := b.cluster.exec(ctx, large, peerSchema...); err != nil {
		return err
	}
	conn, err := b.cluster.super(ctx, large)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	people := b.population.signedIn(signedInPeople)
	next, round := -1, 0
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"peer", "notes"},
		[]string{"user_id", "id", "title", "body", "tags", "pinned", "version", "created_at", "updated_at"},
		pgx.CopyFromFunc(func() ([]any, error) {
			for {
				if next++; next == len(people) {
					if round++; round == rounds {
						return nil, nil
					}
					next = 0
				}
				if b.population.writes(people[next], round) {
					break
				}
			}
			n := note(people[next], round)
			return []any{userID(people[next]), n.ID, n.Title, n.Body, n.Tags, n.Pinned, n.Version, n.CreatedAt, n.UpdatedAt}, nil
		}))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `VACUUM (ANALYZE) peer.notes`)
	return err
}

func (b *bench) servePeer(ctx context.Context) (p *process, secret string, err error) {
	secret = rand.Text() + rand.Text()
	u, err := url.Parse(b.cluster.url(large))
	if err != nil {
		return nil, "", err
	}
	argument, err := json.Marshal(map[string]string{
		"socket": u.Query().Get("host"), "database": large, "user": u.User.Username(), "secret": secret,
	})
	if err != nil {
		return nil, "", err
	}
	p, err = launch(ctx, filepath.Join(b.out, "postgraphile.log"), []string{"NODE_ENV=production", "GRAPHILE_ENV=production"},
		"node", filepath.Join(b.peer, "server.mjs"), string(argument))
	return p, secret, err
}

// checkPeer sends one person's request, and checks that the answer is a full page of notes.
func (b *bench) checkPeer(ctx context.Context, peer contender) error {
	var page struct {
		Data struct {
			AllNotes struct {
				Edges []struct{ Node struct{ Body string } }
			}
		}
	}
	client := &requester{queue: []signedRequest{{person: b.people[0]}}, request: peer.target.request, answered: func(_ *person, body []byte) {
		_ = json.Unmarshal(body, &page) // an invalid page has no notes, which is an error below
	}}
	if _, err := load.Run(ctx, peer.target.address, time.Minute, []load.Client{client}); err != nil {
		return err
	}
	if n := len(page.Data.AllNotes.Edges); n != 20 || len(page.Data.AllNotes.Edges[0].Node.Body) < 400 {
		return fmt.Errorf("the peer answers with %d notes", n)
	}
	return nil
}

// peerToken returns a person's JWT for the peer (HS256).
func peerToken(p *person, secret string) string {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil,
		`{"aud":"postgraphile","role":"peer_reader","user_id":"%s","exp":%d}`, p.id, time.Now().Add(time.Hour).Unix()))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil))
}
