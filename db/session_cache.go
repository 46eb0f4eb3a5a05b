package db

import (
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

// sessionCache spares a widget's request the trip to look its session up again. It never opens
// a note: the database derives the owner anew, from the presented token, in each statement.
// What it may do is answer for a session that another node has ended, for as long as an entry
// lives; this node's own endings empty it. Account sessions, which may do more than notes, are
// looked up each time.
type sessionCache struct {
	entries *expirable.LRU[cacheKey, *Session]
	turn    atomic.Uint64 // goes on with each forgetting
}

type cacheKey struct {
	token TokenHash
	jkt   string
}

// An entry is about a kilobyte, most of it the person's expanded data key.
const maxCachedSessions = 10_000

func newSessionCache(life time.Duration) *sessionCache {
	if life < 0 {
		return &sessionCache{}
	}
	return &sessionCache{entries: expirable.NewLRU[cacheKey, *Session](maxCachedSessions, nil, life)}
}

func (c *sessionCache) get(token TokenHash, jkt string) *Session {
	if c.entries == nil {
		return nil
	}
	s, _ := c.entries.Get(cacheKey{token, jkt})
	if s == nil || !time.Now().Before(s.ExpiresAt) {
		return nil
	}
	return s
}

// put remembers a session that was read since turn, unless something was forgotten meanwhile.
func (c *sessionCache) put(token TokenHash, s *Session, turn uint64) {
	if c.entries != nil && s.Kind == SessionWidget && c.turn.Load() == turn {
		c.entries.Add(cacheKey{token, s.JKT}, s)
	}
}

// forget empties the cache. Transactions call it by authorityTx.forgetSessions.
func (c *sessionCache) forget() {
	c.turn.Add(1)
	if c.entries != nil {
		c.entries.Purge()
	}
}
