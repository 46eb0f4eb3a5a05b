package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/e2e/bench/load"
)

// A growthDatabase is one of the two databases that growth is measured on, read by package db.
type growthDatabase struct {
	name     string
	database string
	store    *db.DB
	people   []*person // each with more than fifty pages
	owners   []db.Owner
	fiftieth []*db.Position // where each one's fiftieth page begins
}

// Growth is measured on the data path only, where nothing hides it: package db reads a page
// with row-level security and decrypts it.
func (b *bench) measureGrowth(ctx context.Context) error {
	p := populate(10_000, 1)
	if _, err := b.cluster.seed(ctx, small, p); err != nil {
		return err
	}
	// As many sessions there as here: they are looked up too.
	if err := b.cluster.signOut(ctx, small); err != nil {
		return err
	}
	numbers := make([]int, signedInPeople)
	for i := range numbers {
		numbers[i] = i % p.people
	}
	tenK, err := b.openGrowthDatabase(ctx, small, numbers)
	if err != nil {
		return err
	}
	defer tenK.store.Close()
	all, err := b.openGrowthDatabase(ctx, large, []int{0})
	if err != nil {
		return err
	}
	defer all.store.Close()

	for _, page := range []struct {
		name  string
		query func(*growthDatabase, int) db.NotesQuery
	}{
		{"first", func(*growthDatabase, int) db.NotesQuery { return db.NotesQuery{First: 20, Order: db.PinnedFirst} }},
		{"fiftieth", func(s *growthDatabase, i int) db.NotesQuery {
			return db.NotesQuery{First: 20, Order: db.PinnedFirst, After: s.fiftieth[i]}
		}},
	} {
		var pages []float64
		var touched [2]int
		for i := range all.people {
			for j, s := range []*growthDatabase{all, tenK} {
				if touched[j], err = b.pagesTouched(ctx, s, i, page.query(s, i)); err != nil {
					return err
				}
			}
			pages = append(pages, float64(touched[0])/float64(touched[1]))
		}
		b.table.set("pages "+page.name, pages, "%d notes: %d pages, %d notes: %d pages", b.population.notes(), touched[0], p.notes(), touched[1])
		d, err := b.compare(ctx, all.reader(page.query), tenK.reader(page.query))
		if err != nil {
			return err
		}
		b.table.set("latency "+page.name, inverse(d.ratios(rate)), "%s µs against %s µs in package db",
			number(1e6/median(d.a, rate)), number(1e6/median(d.b, rate)))
	}
	return nil
}

// openGrowthDatabase opens a database, with sessions of people. The first of them has written in every
// round.
func (b *bench) openGrowthDatabase(ctx context.Context, database string, numbers []int) (_ *growthDatabase, err error) {
	keys, err := seal.NewKeyring(masterKey())
	if err != nil {
		return nil, err
	}
	s := &growthDatabase{name: database, database: database}
	people, err := b.cluster.addSessions(ctx, database, numbers)
	if err != nil {
		return nil, err
	}
	s.people = people[:1]
	if s.store, err = db.Open(ctx, b.cluster.url(database), keys, db.Options{}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.store.Close()
		}
	}()
	for _, p := range s.people {
		session, err := s.store.LookUpSession(ctx, db.Token{User: p.id, Hash: db.HashToken(p.token)}, p.key.Thumbprint)
		if err != nil {
			return nil, err
		}
		s.owners = append(s.owners, session.Owner())
		position, err := s.walk(ctx, session.Owner(), 49*20)
		if err != nil {
			return nil, err
		}
		s.fiftieth = append(s.fiftieth, position)
	}
	return s, nil
}

// walk returns the position of the note after which n have been read.
func (s *growthDatabase) walk(ctx context.Context, o db.Owner, n int) (*db.Position, error) {
	q := db.NotesQuery{Order: db.PinnedFirst}
	for n > 0 {
		q.First = min(n, db.MaxPage)
		page, _, err := s.store.Notes(ctx, o, q)
		if err != nil {
			return nil, err
		}
		if len(page) < q.First {
			return nil, errors.New("nobody has a fiftieth page")
		}
		last := q.Order.Position(page[len(page)-1])
		q.After, n = &last, n-len(page)
	}
	return q.After, nil
}

// reader is a contender that reads pages, one after the other.
func (s *growthDatabase) reader(query func(*growthDatabase, int) db.NotesQuery) contender {
	return contender{name: s.name, slice: func(ctx context.Context, d time.Duration) (r load.Result, err error) {
		started := time.Now()
		for ; r.Elapsed < d; r.Elapsed = time.Since(started) {
			i := r.Requests % len(s.owners)
			if _, _, err := s.store.Notes(ctx, s.owners[i], query(s, i)); err != nil {
				return r, err
			}
			r.Requests++
		}
		return r, nil
	}}
}

// pagesTouched counts the pages of PostgreSQL's that the prepared statement of a page reads,
// wherever they are, with a plan for anybody (EXPLAIN (ANALYZE, BUFFERS)).
func (b *bench) pagesTouched(ctx context.Context, s *growthDatabase, person int, q db.NotesQuery) (pages int, err error) {
	conn, err := pgx.Connect(ctx, b.cluster.url(s.database))
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	parameters, arguments := "uuid, text, bigint", fmt.Sprintf("'%s', '%s', %d", s.people[person].id, tenantKey, q.First+1)
	if q.After != nil {
		parameters += ", timestamptz, uuid, boolean"
		arguments += fmt.Sprintf(", '%s', '%s', %t", q.After.At.Format(time.RFC3339Nano), q.After.ID, q.After.Pinned)
	}
	for _, statement := range []string{
		`SET ROLE aside_app`, `SET plan_cache_mode = force_generic_plan`,
		`SELECT set_config('aside.session', '` + s.people[person].presented() + `', false)`,
		`PREPARE page(` + parameters + `) AS ` + q.SQL(),
		`EXECUTE page(` + arguments + `)`, // the catalog is read once
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	var explained []byte
	if err := conn.QueryRow(ctx, `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page(`+arguments+`)`).Scan(&explained); err != nil {
		return 0, err
	}
	var plans []struct {
		Plan struct {
			Hit  int     `json:"Shared Hit Blocks"`
			Read int     `json:"Shared Read Blocks"`
			Rows float64 `json:"Actual Rows"`
		}
	}
	if err := json.Unmarshal(explained, &plans); err != nil {
		return 0, err
	}
	if rows := plans[0].Plan.Rows; int(rows) != q.First+1 {
		return 0, fmt.Errorf("the page of %s has %g rows", hex.EncodeToString(s.people[person].id[12:]), rows)
	}
	return plans[0].Plan.Hit + plans[0].Plan.Read, nil
}
