//go:build deploy

package deploy

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// behind returns a server that answers with what a proxy sent.
func behind(t *testing.T) (address string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stream" {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		_, _ = io.WriteString(w, r.Host+" "+r.Header.Get("X-Forwarded-For")+" "+r.Header.Get("X-Forwarded-Proto"))
		w.(http.Flusher).Flush()
		if r.URL.Path == "/stream" { // the response goes on
			<-r.Context().Done()
		}
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// certificate writes a certificate of both origins.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "aside.example"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"aside.example", "notes.example"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "fullchain.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "privkey.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	made, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return pool
}

// checkProxy checks what arrives through a proxy: the host, the client's address as the last one, and the scheme.
func checkProxy(t *testing.T, address string, roots *x509.CertPool) {
	t.Helper()
	for _, host := range []string{"aside.example", "notes.example"} {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: host}}}
		for _, path := range []string{"/", "/stream"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+path, nil)
			must(t, err)
			request.Host = host
			request.Header.Set("X-Forwarded-For", "192.0.2.1") // invented by the client
			response, err := client.Do(request)
			must(t, err)
			got := make([]byte, 200)
			n, _ := response.Body.Read(got) // of a stream that has not ended
			_ = response.Body.Close()
			if words := strings.Split(string(got[:n]), " "); len(words) < 3 || words[0] != host || !strings.HasSuffix(string(got[:n]), "127.0.0.1 https") {
				t.Errorf("through the proxy comes %q", got[:n])
			}
		}
	}
}

// freeAddress returns an address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// start runs a proxy until the test ends, and waits until it listens.
func start(t *testing.T, address, name string, args ...string) {
	t.Helper()
	command := exec.Command(name, args...)
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	must(t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		<-ended
		if t.Failed() {
			t.Logf("%s", log.Bytes())
		}
	})
	for {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v", name, err)
		default:
		}
		if connection, err := net.Dial("tcp", address); err == nil {
			_ = connection.Close()
			return
		}
	}
}

func sample(t *testing.T, name string, changes map[string]string) string {
	t.Helper()
	content, err := os.ReadFile("../../deploy/" + name)
	must(t, err)
	text := string(content)
	for from, to := range changes {
		if !strings.Contains(text, from) {
			t.Fatalf("deploy/%s has no %q", name, from)
		}
		text = strings.ReplaceAll(text, from, to)
	}
	return text
}

func TestNginx(t *testing.T) {
	dir := t.TempDir()
	roots := certificate(t, dir)
	address, plain := freeAddress(t), freeAddress(t)
	text := sample(t, "nginx.conf", map[string]string{"listen 443 ssl": "listen " + address + " ssl", "listen 80;": "listen " + plain + ";",
		"/etc/ssl/aside": dir, "127.0.0.1:8080": behind(t)})
	config := filepath.Join(dir, "nginx.conf")
	paths := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		paths += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	must(t, os.WriteFile(config, []byte("daemon off; master_process off; error_log stderr; pid "+dir+"/pid;\nevents {}\nhttp {\naccess_log off;\n"+paths+text+"}\n"), 0o600))
	start(t, address, "nginx", "-c", config)
	checkProxy(t, address, roots)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+plain+"/docs?q=1", nil)
	must(t, err)
	request.Host = "aside.example"
	response, err := client.Do(request)
	must(t, err)
	_ = response.Body.Close()
	if got := response.Header.Get("Location"); response.StatusCode != http.StatusPermanentRedirect || got != "https://aside.example/docs?q=1" {
		t.Errorf("plain http gets %s %s", response.Status, got)
	}
}

func TestCaddy(t *testing.T) {
	dir := t.TempDir()
	roots := certificate(t, dir)
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	text := sample(t, "Caddyfile", map[string]string{"127.0.0.1:8080": behind(t)})
	text = regexp.MustCompile(`(\w+\.example)`).ReplaceAllString(text, "https://$1:"+port)
	text = strings.Replace(text, "{\n", "{\n\ttls "+dir+"/fullchain.pem "+dir+"/privkey.pem\n", 1)
	config := filepath.Join(dir, "Caddyfile")
	must(t, os.WriteFile(config, []byte("{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system "+dir+"\n}\n"+text), 0o600))
	start(t, address, "caddy", "run", "--config", config, "--adapter", "caddyfile")
	checkProxy(t, address, roots)
}
