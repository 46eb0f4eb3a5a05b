//go:build failover && linux

package failover

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// node is one of the service's two: a process, and another one after a restart.
type node struct {
	command              *exec.Cmd
	address, log         string
	account, frame, shop string   // origins
	environment          []string // of its processes
	ended                chan error
}

// build builds the service.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "aside")
	out, err := exec.Command("go", "build", "-o", binary, "github.com/company-a/aside").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// serve starts a node and waits until it is ready. The first node sets the origins.
func serve(t *testing.T, binary, databaseURL, masterKey string, first *node) *node {
	t.Helper()
	n := &node{address: "127.0.0.1:" + freePort(t), log: filepath.Join(t.TempDir(), "log")}
	n.environment = append(os.Environ(), "DATABASE_URL="+databaseURL, "ASIDE_MASTER_KEY="+masterKey, "ASIDE_LISTEN="+n.address,
		"ASIDE_ADMIN_LISTEN=127.0.0.1:0", "ASIDE_DEMO=true", "ASIDE_DEMO_LISTEN=127.0.0.1:0", "ASIDE_GRAPHQL_OPEN=true", "ASIDE_RATE_LIMITS=1000")
	if first != nil {
		n.environment = append(n.environment, "ASIDE_ORIGIN="+first.account, "ASIDE_FRAME_ORIGIN="+first.frame, "ASIDE_DEMO_ORIGIN="+first.shop)
	}
	n.start(t, binary)
	t.Cleanup(func() { n.stop(t) })
	if first == nil { // for its next process too
		n.environment = append(n.environment, "ASIDE_ORIGIN="+n.account, "ASIDE_FRAME_ORIGIN="+n.frame, "ASIDE_DEMO_ORIGIN="+n.shop)
	}
	return n
}

// start starts the node's process and waits until it is ready.
func (n *node) start(t *testing.T, binary string) {
	t.Helper()
	n.command = exec.Command(binary, "serve")
	n.command.Env = n.environment
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(t, err)
	defer func() { _ = log.Close() }()
	n.command.Stderr = log
	stdout, err := n.command.StdoutPipe()
	must(t, err)
	must(t, n.command.Start())
	n.shop = ""
	for lines := bufio.NewScanner(stdout); n.shop == "" && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "ready %s %s", &n.account, &n.frame)
		_, _ = fmt.Sscanf(lines.Text(), "Open the demo shop at %s", &n.shop)
	}
	ended, command := make(chan error, 1), n.command
	n.ended = ended
	go func() { ended <- command.Wait() }()
	if n.shop == "" {
		text, _ := os.ReadFile(n.log)
		t.Fatalf("a node does not start: %s", text)
	}
}

// stop ends the node's process as an operator does: it answers what it has accepted.
func (n *node) stop(t *testing.T) {
	t.Helper()
	if n.ended == nil {
		return
	}
	_ = n.command.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-n.ended:
		if err != nil {
			t.Errorf("a node ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("a node does not end")
		_ = n.command.Process.Kill()
	}
	n.ended = nil
}

func (n *node) site(t *testing.T) *authtest.Site {
	t.Helper()
	return authtest.At(t, n.account, n.frame, n.address)
}

// running reports whether the node's process is still running.
func (n *node) running() bool { return n.command.Process.Signal(syscall.Signal(0)) == nil }
