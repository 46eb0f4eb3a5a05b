package db

import (
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

// sessionCache saves a widget's request the query for its session. It never gives access to a note:
// each statement derives the owner from the presented token in the database. It may return a session
// that another node has ended, for the life of an entry; this node empties it when it ends a session.
// Account sessions, which give access to more than notes, are not cached.
type sessionCache struct {
	entries    *expirable.LRU[cacheKey, *Session]
	generation atomic.Uint64 // incremented by forget
}

type cacheKey struct {
	token TokenHash
	jkt   string
}

// maxCachedSessions bounds the memory: an entry is about a kilobyte, most of it the person's expanded data key.
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

// put stores a session that was read since turn, unless forget was called meanwhile.
func (c *sessionCache) put(token TokenHash, s *Session, turn uint64) {
	if c.entries != nil && s.Kind == SessionWidget && c.generation.Load() == turn {
		c.entries.Add(cacheKey{token, s.JKT}, s)
	}
}

// clear empties the cache. Transactions call it through authorityTx.clearSessionCache.
func (c *sessionCache) clear() {
	c.generation.Add(1)
	if c.entries != nil {
		c.entries.Purge()
	}
}
