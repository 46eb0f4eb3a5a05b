package db

import (
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

// sessionCache spares a request the trip to look its session up again. It never opens
// anything: the database derives the owner anew, from the presented token, in each statement.
// What it may do is answer for a session that another node has ended, for as long as an entry
// lives; this node's own endings empty it.
type sessionCache struct {
	entries *expirable.LRU[cacheKey, *Session]
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

func (c *sessionCache) put(token TokenHash, s *Session) {
	if c.entries != nil {
		c.entries.Add(cacheKey{token, s.JKT}, s)
	}
}

func (c *sessionCache) forget() {
	if c.entries != nil {
		c.entries.Purge()
	}
}
