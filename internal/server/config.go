package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
)

// A Config holds the flags of `aside serve`, except those of the database.
type Config struct {
	Listen         string        `env:"ASIDE_LISTEN" default:"127.0.0.1:8080" help:"Address of both origins, which differ by Host."`
	Origin         string        `env:"ASIDE_ORIGIN" placeholder:"ORIGIN" help:"Account origin. Its host is the RP ID: changing it orphans every passkey. Default: http://aside.localhost and the port of --listen."`
	Contact        string        `env:"ASIDE_CONTACT" placeholder:"URL" help:"Where people reach the operator when they have lost every passkey and code: an https or mailto URL. The sign-in window and /recover lead to it. Default: none."`
	ChangeRPID     string        `name:"change-rp-id" env:"ASIDE_CHANGE_RP_ID" placeholder:"HOST" help:"Confirms a new host for the account origin: every existing passkey stops working (docs/operating.md)."`
	FrameOrigin    string        `env:"ASIDE_FRAME_ORIGIN" placeholder:"ORIGIN" help:"Frame origin. Its host is neither the account origin's nor a subdomain of it. Default: http://aside-frame.localhost and the port of --listen."`
	AdminListen    string        `env:"ASIDE_ADMIN_LISTEN" default:"127.0.0.1:9080" help:"Address of /metrics and /debug/pprof. Never make it public."`
	Connections    int           `name:"database-connections" env:"ASIDE_DATABASE_CONNECTIONS" default:"16" help:"Connections of this node to the database, besides one that listens (docs/scaling.md)."`
	AcquireTimeout time.Duration `name:"database-patience" env:"ASIDE_DATABASE_PATIENCE" default:"2s" help:"How long a request waits for a connection before it gets 503."`
	SessionIdle    time.Duration `env:"ASIDE_SESSION_IDLE" default:"2h" help:"A widget's session ends when unused for this long."`
	SessionLife    time.Duration `name:"session-lifetime" env:"ASIDE_SESSION_LIFETIME" default:"12h" help:"A widget's session ends after this long in any case."`
	SelfServe      bool          `env:"ASIDE_SELF_SERVE" default:"true" negatable:"" help:"Anybody with an account can create a tenant at /console. Off: the operator creates tenants (aside tenant create) and invites their owners."`
	GraphQLOpen    bool          `name:"graphql-open" env:"ASIDE_GRAPHQL_OPEN" help:"Answer introspection, and run any document for widgets' sessions, not only the widget's own. For development."`
	Audit          retention     `name:"audit-retention" env:"ASIDE_AUDIT_RETENTION" default:"400d" placeholder:"DAYS" help:"How long the audit log is kept, in days: at least 30, or 0 to keep it forever."`
	Proxies        string        `name:"trusted-proxies" env:"ASIDE_TRUSTED_PROXIES" placeholder:"NETWORKS" help:"Addresses and networks (CIDR) of trusted proxies, separated by commas. X-Forwarded-For, -Host and -Proto count from these only. Default: none."`
	Rates          float64       `name:"rate-limits" env:"ASIDE_RATE_LIMITS" default:"1" help:"Multiplies every rate limit (docs/operating.md): 1 as shipped, 100 for a load test."`
	Streams        int           `env:"ASIDE_STREAMS" default:"20000" help:"Streams that this node keeps open at once, at about 10 KB and a connection each. A widget beyond them gets 503 and polls."`
	Demo           bool          `env:"ASIDE_DEMO" help:"Create the tenant t_demo and serve its shop."`
	DemoListen     string        `env:"ASIDE_DEMO_LISTEN" default:"127.0.0.1:8081" help:"Address of the demo shop."`
	DemoOrigin     string        `env:"ASIDE_DEMO_ORIGIN" placeholder:"ORIGIN" help:"Origin of the demo shop. Default: http://shop.localhost and the port of --demo-listen."`
}

// Validate refuses values that cannot work. Kong calls it when all flags are read.
func (c *Config) Validate() error {
	var problems []error
	for name, listen := range map[string]string{"--listen": c.Listen, "--admin-listen": c.AdminListen, "--demo-listen": c.DemoListen} {
		if _, _, err := net.SplitHostPort(listen); err != nil {
			problems = append(problems, fmt.Errorf("%s %q is not an address: write host:port, like 127.0.0.1:8080", name, listen))
		}
	}
	if c.SessionIdle < 5*time.Minute || c.SessionLife < c.SessionIdle { // the last use is recorded once a minute
		problems = append(problems, errors.New("--session-idle is at least 5m, and --session-lifetime is not shorter"))
	}
	for name, origin := range map[string]string{"--origin": c.Origin, "--frame-origin": c.FrameOrigin, "--demo-origin": c.DemoOrigin} {
		if origin == "" {
			continue // it follows from the address
		}
		if canonical, err := db.ParseOrigin(withoutZeroPort(origin)); err != nil {
			problems = append(problems, fmt.Errorf("%s %q: %s", name, origin, db.Message(err)))
		} else if canonical != withoutZeroPort(origin) {
			problems = append(problems, fmt.Errorf("%s %q: write it as %s", name, origin, canonical))
		}
	}
	if c.Contact != "" && !isContact(c.Contact) {
		problems = append(problems, fmt.Errorf("--contact %q: write an https or mailto URL, like mailto:help@aside.example", c.Contact))
	}
	if _, err := address.ParseProxies(c.Proxies); err != nil {
		problems = append(problems, err)
	}
	if c.Connections < 2 || c.Connections > 1000 || c.AcquireTimeout <= 0 {
		problems = append(problems, errors.New("--database-connections is 2 to 1000, and --database-patience is more than 0"))
	}
	if c.Streams < 1 || c.Streams > 10_000_000 {
		problems = append(problems, errors.New("--streams is 1 to 10000000"))
	}
	if c.Audit != 0 && time.Duration(c.Audit) < 30*24*time.Hour {
		problems = append(problems, errors.New("--audit-retention is at least 30 days (30d), or 0 to keep the audit log forever"))
	}
	if !(c.Rates > 0 && c.Rates <= 1e6) {
		problems = append(problems, errors.New("--rate-limits is more than 0 and at most 1000000"))
	}
	return errors.Join(problems...)
}

// isContact reports whether a URL leads to a page or an email address.
func isContact(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" && u.Host != "" || u.Scheme == "mailto" && strings.Contains(u.Opaque, "@"))
}

// DatabaseOptions returns the options that a node opens its database with.
func (c *Config) DatabaseOptions() db.Options {
	return db.Options{MaxConns: c.Connections, AcquireTimeout: c.AcquireTimeout, Rates: c.Rates, AuditRetention: time.Duration(c.Audit)}
}
