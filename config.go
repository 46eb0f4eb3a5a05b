package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/company-a/aside/db"
)

// databaseConfig is what every command needs.
type databaseConfig struct {
	DatabaseURL   secret `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"Owner's URL of any PostgreSQL from 15 on. Unset: an embedded PostgreSQL in the data directory."`
	DataDir       string `name:"data-dir" env:"ASIDE_DATA_DIR" default:"${data_dir}" placeholder:"DIR" help:"Embedded PostgreSQL and generated keys. Default: .aside, as root /var/lib/aside."`
	PostgresBin   string `name:"postgres-bin" env:"ASIDE_POSTGRES_BIN" placeholder:"DIR" help:"Directory of the programs initdb and postgres, for the embedded PostgreSQL. Default: those on PATH or else the newest installed, of the version that made the data directory."`
	MasterKey     secret `name:"master-key" env:"ASIDE_MASTER_KEY" placeholder:"BASE64" help:"32 bytes in base64: seals notes and secrets, keys the cookies. Several, separated by commas: the first seals, all open. Generated with the embedded database."`
	MasterKeyFile string `name:"master-key-file" env:"ASIDE_MASTER_KEY_FILE" placeholder:"FILE" help:"The same, in a file."`
}

// serveConfig is what serve needs besides.
type serveConfig struct {
	databaseConfig

	Listen      string        `env:"ASIDE_LISTEN" default:"127.0.0.1:8080" help:"Address of both origins, told apart by Host."`
	Origin      string        `env:"ASIDE_ORIGIN" placeholder:"ORIGIN" help:"Account origin; its host is the RP ID: changing it orphans every passkey. Default: http://aside.localhost and the port of --listen."`
	ChangeRPID  string        `name:"change-rp-id" env:"ASIDE_CHANGE_RP_ID" placeholder:"HOST" help:"The account origin's new host, where the database knows another one: every passkey that was made before opens nothing then (docs/operating.md)."`
	FrameOrigin string        `env:"ASIDE_FRAME_ORIGIN" placeholder:"ORIGIN" help:"Frame origin, not the account origin's host nor below it. Default: http://aside-frame.localhost and the port of --listen."`
	AdminListen string        `env:"ASIDE_ADMIN_LISTEN" default:"127.0.0.1:9080" help:"Address of /metrics and /debug/pprof. Never public."`
	Connections int           `name:"database-connections" env:"ASIDE_DATABASE_CONNECTIONS" default:"16" help:"Connections of this node to the database, besides one that listens (docs/scaling.md)."`
	Patience    time.Duration `name:"database-patience" env:"ASIDE_DATABASE_PATIENCE" default:"2s" help:"A request that gets none of them for this long is told to come back (503)."`
	SessionIdle time.Duration `env:"ASIDE_SESSION_IDLE" default:"2h" help:"A widget's session ends when unused for this long."`
	SessionLife time.Duration `name:"session-lifetime" env:"ASIDE_SESSION_LIFETIME" default:"12h" help:"A widget's session ends after this long in any case."`
	SelfServe   bool          `env:"ASIDE_SELF_SERVE" default:"true" negatable:"" help:"Anybody with an account may make a tenant at /console. Off: the operator makes them (aside tenant create) and invites their owners."`
	GraphQLOpen bool          `name:"graphql-open" env:"ASIDE_GRAPHQL_OPEN" help:"Answer introspection and run any document for widgets' sessions, not only the widget's own: for development."`
	Audit       retention     `name:"audit-retention" env:"ASIDE_AUDIT_RETENTION" default:"400d" placeholder:"DAYS" help:"How long the audit log is kept: in days, at least 30; 0 for ever."`
	Proxies     string        `name:"trusted-proxies" env:"ASIDE_TRUSTED_PROXIES" placeholder:"NETWORKS" help:"Addresses and networks (CIDR) of proxies, separated by commas: from these alone X-Forwarded-For, -Host and -Proto count. Default: none."`
	Rates       float64       `name:"rate-limits" env:"ASIDE_RATE_LIMITS" default:"1" help:"Multiplies what may be asked how often (docs/operating.md): 1 as shipped, 100 for a load test."`
	Streams     int           `env:"ASIDE_STREAMS" default:"20000" help:"People who follow their notes on this node at once, at most, at some 10 KB and a connection each; who comes then reads by asking (503)."`
	Demo        bool          `env:"ASIDE_DEMO" help:"Make the tenant t_demo and serve its shop."`
	DemoListen  string        `env:"ASIDE_DEMO_LISTEN" default:"127.0.0.1:8081" help:"Address of the demo shop."`
	DemoOrigin  string        `env:"ASIDE_DEMO_ORIGIN" placeholder:"ORIGIN" help:"Origin of the demo shop. Default: http://shop.localhost and the port of --demo-listen."`
}

func defaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/aside"
	}
	return ".aside"
}

// Validate is called by kong once everything is read.
func (c *serveConfig) Validate() error {
	var problems []error
	for name, address := range map[string]string{"--listen": c.Listen, "--admin-listen": c.AdminListen, "--demo-listen": c.DemoListen} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			problems = append(problems, fmt.Errorf("%s %q is no address: write host:port, like 127.0.0.1:8080", name, address))
		}
	}
	if c.SessionIdle < 5*time.Minute || c.SessionLife < c.SessionIdle { // a use is noted once a minute
		problems = append(problems, errors.New("--session-idle is at least 5m, and --session-lifetime no less than it"))
	}
	for name, origin := range map[string]string{"--origin": c.Origin, "--frame-origin": c.FrameOrigin, "--demo-origin": c.DemoOrigin} {
		if origin == "" {
			continue // follows the address
		}
		if canonical, err := db.ParseOrigin(withoutZeroPort(origin)); err != nil {
			problems = append(problems, fmt.Errorf("%s %q: %s", name, origin, message(err)))
		} else if canonical != withoutZeroPort(origin) {
			problems = append(problems, fmt.Errorf("%s %q: write it as %s", name, origin, canonical))
		}
	}
	if _, err := parseProxies(c.Proxies); err != nil {
		problems = append(problems, err)
	}
	if c.Connections < 2 || c.Connections > 1000 || c.Patience <= 0 {
		problems = append(problems, errors.New("--database-connections is from 2 to 1000, and --database-patience more than 0"))
	}
	if c.Streams < 1 || c.Streams > 10_000_000 {
		problems = append(problems, errors.New("--streams is 1 to 10000000"))
	}
	if c.Audit != 0 && time.Duration(c.Audit) < 30*24*time.Hour {
		problems = append(problems, errors.New("--audit-retention is at least 30 days (30d), or 0 for ever"))
	}
	if !(c.Rates > 0 && c.Rates <= 1e6) {
		problems = append(problems, errors.New("--rate-limits is more than 0 and at most 1000000"))
	}
	if c.MasterKey != "" && c.MasterKeyFile != "" {
		problems = append(problems, errors.New("give --master-key or --master-key-file, not both"))
	}
	return errors.Join(problems...)
}

func withoutZeroPort(origin string) string { return strings.TrimSuffix(origin, ":0") }

// message is the part of a refusal that is for people.
func message(err error) string {
	if db.Outage(err) != nil {
		return "the database cannot be used at the moment: " + strings.Join(strings.Fields(err.Error()), " ")
	}
	var e *db.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// at gives an origin once its listener's port is known: the configured one, where :0 means
// that port, or else host on it.
func at(configured, host string, listener net.Listener) string {
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		panic(err) // a TCP listener's address has a port
	}
	switch {
	case configured == "":
		return "http://" + host + ":" + port
	case strings.HasSuffix(configured, ":0"):
		return withoutZeroPort(configured) + ":" + port
	default:
		return configured
	}
}

// checkOrigins refuses a frame origin on which a flaw of the notes could reach the passkeys.
// It returns a warning where the two are merely of one site.
func checkOrigins(account, frame string) (warning string, err error) {
	a, err := url.Parse(account)
	if err != nil {
		return "", err
	}
	f, err := url.Parse(frame)
	if err != nil {
		return "", err
	}
	if a.Scheme != f.Scheme {
		return "", fmt.Errorf("the account origin %s and the frame origin %s need the same scheme", account, frame)
	}
	if net.ParseIP(a.Hostname()) != nil {
		return "", fmt.Errorf("the account origin %s is an IP address, which cannot be an RP ID: use a host name", account)
	}
	if f.Hostname() == a.Hostname() || strings.HasSuffix(f.Hostname(), "."+a.Hostname()) {
		return "", fmt.Errorf("the frame origin %s must not be the account origin's host or below it: a page there could use the account's passkeys. Use another host, best of another domain", frame)
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(a.Hostname())
	siteF, errF := publicsuffix.EffectiveTLDPlusOne(f.Hostname())
	if errA == nil && errF == nil && siteA == siteF {
		return fmt.Sprintf("the account origin and the frame origin are of one site, %s: another registrable domain for the frame keeps cookies further apart", siteA), nil
	}
	return "", nil
}
