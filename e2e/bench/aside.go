package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A service is aside serve, or the handwritten handler that it is compared with.
type service struct {
	*process
	address string // host:port to connect to
	account string // origins
	frame   string
	admin   string // URL of the service's own listener; of the yardstick "": it has none
}

// environment of aside serve: the defaults, except for its database, its ports, and rate limits that a
// load generator on one address with a thousand sign-ins a second would hit. Requests are counted all the same.
func serveEnvironment(databaseURL, dataDir, admin string) []string {
	return []string{
		"DATABASE_URL=" + databaseURL, "ASIDE_DATA_DIR=" + dataDir,
		"ASIDE_MASTER_KEY=" + base64.StdEncoding.EncodeToString(masterKey()),
		"ASIDE_LISTEN=127.0.0.1:0", "ASIDE_ADMIN_LISTEN=" + admin,
		"ASIDE_ORIGIN=", "ASIDE_FRAME_ORIGIN=", "ASIDE_DEMO=false", "ASIDE_GRAPHQL_OPEN=false", "ASIDE_RATE_LIMITS=1000",
	}
}

// serve starts a binary of the service on a database of the cluster, or, where databaseURL is "", on an
// embedded PostgreSQL of its own in dataDir. Its log file is named after its purpose.
func (b *bench) serve(ctx context.Context, name, binary, databaseURL, dataDir string) (*service, error) {
	admin, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, filepath.Join(b.out, name+".log"), serveEnvironment(databaseURL, dataDir, admin), binary, "serve")
	if err != nil {
		return nil, err
	}
	if len(p.ready) != 2 {
		p.stop()
		return nil, fmt.Errorf("the service announces %q", p.ready)
	}
	u, err := url.Parse(p.ready[1])
	if err != nil {
		p.stop()
		return nil, err
	}
	return &service{process: p, address: "127.0.0.1:" + u.Port(), account: p.ready[0], frame: p.ready[1], admin: "http://" + admin}, nil
}

// serveHand starts the handwritten server beside a service, for the same clients and with the same garbage
// collection.
func (b *bench) serveHand(ctx context.Context, s *service) (*service, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	collection, err := s.metric(ctx, "go_gc_gogc_percent")
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, filepath.Join(b.out, "hand.log"), []string{"GOGC=" + strconv.Itoa(int(collection))}, self, "hand",
		"-database-url", b.cluster.url(large), "-superuser-url", b.cluster.superURL(large), "-origin", s.account, "-frame-origin", s.frame)
	if err != nil {
		return nil, err
	}
	if len(p.ready) != 1 {
		p.stop()
		return nil, fmt.Errorf("the yardstick announces %q", p.ready)
	}
	return &service{process: p, address: p.ready[0], account: s.account, frame: s.frame}, nil
}

// freeAddress finds a port for a listener that does not say which one it got.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// get reads from a listener of the service's or the yardstick's.
func get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Timeout: time.Minute}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s %.200s", url, answer.Status, body)
	}
	return body, err
}

var errNoMetric = errors.New("the service has no such metric")

// metric reads one number from /metrics.
func (s *service) metric(ctx context.Context, name string) (float64, error) {
	body, err := get(ctx, s.admin+"/metrics")
	if err != nil {
		return 0, err
	}
	for scanner := bufio.NewScanner(strings.NewReader(string(body))); scanner.Scan(); {
		if value, ok := strings.CutPrefix(scanner.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("%w: %s", errNoMetric, name)
}
