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

// node is one process of the service.
type node struct {
	command              *exec.Cmd
	address, log         string
	account, frame, shop string // origins
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
	n := &node{address: "127.0.0.1:" + freePort(t)}
	n.command = exec.Command(binary, "serve")
	n.command.Env = append(os.Environ(), "DATABASE_URL="+databaseURL, "ASIDE_MASTER_KEY="+masterKey, "ASIDE_LISTEN="+n.address,
		"ASIDE_ADMIN_LISTEN=127.0.0.1:0", "ASIDE_DEMO=true", "ASIDE_DEMO_LISTEN=127.0.0.1:0", "ASIDE_GRAPHQL_OPEN=true", "ASIDE_RATE_LIMITS=1000")
	if first != nil {
		n.command.Env = append(n.command.Env, "ASIDE_ORIGIN="+first.account, "ASIDE_FRAME_ORIGIN="+first.frame, "ASIDE_DEMO_ORIGIN="+first.shop)
	}
	n.log = filepath.Join(t.TempDir(), "log")
	log, err := os.Create(n.log)
	must(t, err)
	n.command.Stderr = log
	stdout, err := n.command.StdoutPipe()
	must(t, err)
	must(t, n.command.Start())
	t.Cleanup(func() {
		_ = n.command.Process.Signal(syscall.SIGTERM)
		ended := make(chan error, 1)
		go func() { ended <- n.command.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("a node ended with %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("a node does not end")
			_ = n.command.Process.Kill()
		}
		_ = log.Close()
	})
	for lines := bufio.NewScanner(stdout); n.shop == "" && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "ready %s %s", &n.account, &n.frame)
		_, _ = fmt.Sscanf(lines.Text(), "Open the demo shop at %s", &n.shop)
	}
	if n.shop == "" {
		text, _ := os.ReadFile(n.log)
		t.Fatalf("a node does not start: %s", text)
	}
	return n
}

func (n *node) site(t *testing.T) *authtest.Site {
	t.Helper()
	return authtest.At(t, n.account, n.frame, n.address)
}

// running reports whether the node's process is still running.
func (n *node) running() bool { return n.command.Process.Signal(syscall.Signal(0)) == nil }
