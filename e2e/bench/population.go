package main

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// All notes are at this tenant.
const (
	tenantKey   = "t_bench"
	embedOrigin = "https://shop.example"
)

// A population is a fixed set of people and their notes.
//
// Most people have perPerson notes. A few write a note in every round, so that they have a
// 50th page of 20. Notes are stored round by round, so that those of one person are scattered
// over the table, as real ones would be.
type population struct {
	people   int
	frequent int // how many of them write in every round: the first ones
}

const (
	rounds    = 1100
	perPerson = 100
	every     = rounds / perPerson // an ordinary person writes once in so many rounds
)

// populate returns a population that has about so many notes.
func populate(notes, frequent int) population {
	return population{people: frequent + max(0, notes-frequent*rounds)/perPerson, frequent: frequent}
}

func (p population) notes() int { return p.frequent*rounds + (p.people-p.frequent)*perPerson }

// writes reports whether a person writes in a round.
func (p population) writes(person, round int) bool {
	return person < p.frequent || (round+person)%every == 0
}

// signedIn returns n ordinary people, evenly spread, or all if there are fewer.
func (p population) signedIn(n int) []int {
	n = min(n, p.people-p.frequent)
	out := make([]int, n)
	for i := range out {
		out[i] = p.frequent + i*((p.people-p.frequent)/n)
	}
	return out
}

// userID returns the id of a person.
func userID(person int) uuid.UUID {
	id := uuid.UUID{0x01, 0x9a, 0, 0, 0, 0, 0x70, 0, 0x80}
	binary.BigEndian.PutUint32(id[12:], uint32(person)) //nolint:gosec // there are some ten thousand people
	return id
}

// userSQL is userID in SQL, for pgbench's variable person.
const userSQL = `('019a0000-0000-7000-8000-0000' || lpad(to_hex(:person::int), 8, '0'))::uuid`

// firstNoteTime is the time of the first round. The rounds are an hour apart.
var firstNoteTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// note returns the note that a person writes in a round, with a body of some 600 bytes.
func note(person, round int) db.Note {
	random := rand.New(rand.NewPCG(uint64(person), uint64(round))) //nolint:gosec // not a secret, and must be the same each time
	at := firstNoteTime.Add(time.Duration(round)*time.Hour + time.Duration(person)*time.Microsecond)
	n := db.Note{
		TenantKey: tenantKey, Version: 1, CreatedAt: at, UpdatedAt: at,
		Title:  sentence(random, 20+random.IntN(20)),
		Body:   sentence(random, 500+random.IntN(200)),
		Pinned: random.IntN(40) == 0,
		Tags:   []string{},
	}
	if random.IntN(3) == 0 {
		n.Tags = []string{words[random.IntN(len(words))]}
	}
	if random.IntN(50) == 0 {
		n.Body += " " + rareWord
	}
	n.ID[6], n.ID[8] = 0x70, 0x80
	binary.BigEndian.PutUint64(n.ID[8:], random.Uint64()>>2|1<<63)
	var milliseconds [8]byte
	binary.BigEndian.PutUint64(milliseconds[:], uint64(at.UnixMilli()))
	copy(n.ID[:6], milliseconds[2:])
	return n
}

// rareWord is in one of 50 notes: a search for it decrypts all notes of an ordinary person.
const rareWord = "quincunx"

var words = strings.Fields(`about again along always answer before began between book bring call change city close country
	door early earth example every family father feet few final follow garden give great group hand head hear high home house
	idea important kind land large later letter light line list live long look made mean mile might money mother mountain
	move music name near never next night number often once order other paper part people picture place plant play point
	question quick ready really right river room school second seem sentence should small song soon sound spell start
	still stop story study such sure table talk tea tell think those thought three time together took tree turn under until
	usual very voice walk want watch water while white without woman wood word world write year young`)

func sentence(random *rand.Rand, length int) string {
	var b strings.Builder
	b.Grow(length + 12)
	for b.Len() < length {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[random.IntN(len(words))])
	}
	return b.String()
}
