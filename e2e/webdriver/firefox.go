package webdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// realistic are the preferences of a person's Firefox that Marionette would change, and those that its passkeys take.
var realistic = map[string]any{
	"marionette.port":                                         0, // any: it writes down which
	"dom.disable_open_during_load":                            true,
	"dom.disable_beforeunload":                                false,
	"security.webauth.webauthn_enable_softtoken":              true,
	"security.webauth.webauthn_enable_usbtoken":               false,
	"browser.sessionstore.resume_from_crash":                  false,
	"browser.shell.checkDefaultBrowser":                       false,
	"datareporting.policy.dataSubmissionEnabled":              false,
	"network.captive-portal-service.enabled":                  false,
	"network.connectivity-service.enabled":                    false,
	"browser.aboutwelcome.enabled":                            false,
	"toolkit.startup.max_resumed_crashes":                     -1,
	"network.proxy.allow_hijacking_localhost":                 true,
	"network.proxy.testing_localhost_is_secure_when_hijacked": true,
}

// Proxied returns the preferences of a Firefox that connects only through a proxy on this machine.
func Proxied(host string, port int) map[string]any {
	return map[string]any{
		"network.proxy.type": 1, "network.proxy.http": host, "network.proxy.http_port": port,
		"network.proxy.ssl": host, "network.proxy.ssl_port": port,
	}
}

// Firefox starts a headless Firefox with a new profile and preferences.
func Firefox(ctx context.Context, preferences map[string]any) (*Session, error) {
	profile, err := os.MkdirTemp("", "aside-firefox-")
	if err != nil {
		return nil, err
	}
	if err := writePreferences(profile, preferences); err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", profile, "about:blank")
	command.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	output, ended, stop, err := run(command)
	if err != nil {
		_ = os.RemoveAll(profile)
		return nil, err
	}
	quit := func() { stop(); _ = os.RemoveAll(profile) }
	m, err := connect(ctx, filepath.Join(profile, "MarionetteActivePort"), ended)
	if err != nil {
		quit()
		return nil, fmt.Errorf("Firefox: %w: %s", err, output)
	}
	s := &Session{wire: m, quit: func() { m.close(); quit() }}
	// A window is waited for by what it shows.
	capabilities := map[string]any{"alwaysMatch": map[string]any{"pageLoadStrategy": "none"}}
	if err := s.do(ctx, "WebDriver:NewSession", map[string]any{"capabilities": capabilities}, nil); err != nil {
		s.Quit()
		return nil, err
	}
	return s, nil
}

func writePreferences(profile string, preferences map[string]any) error {
	all := maps.Clone(realistic)
	maps.Copy(all, preferences)
	var js strings.Builder
	for name, value := range all {
		v, err := json.Marshal(value)
		if err != nil {
			return err
		}
		fmt.Fprintf(&js, "user_pref(%q, %s);\n", name, v)
	}
	return os.WriteFile(filepath.Join(profile, "user.js"), []byte(js.String()), 0o600)
}

// connect waits until Firefox has written down its port, and dials it.
func connect(ctx context.Context, file string, ended <-chan struct{}) (*marionette, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if port, err := os.ReadFile(file); err == nil && len(port) > 0 {
			if m, err := dialMarionette(ctx, strings.TrimSpace(string(port))); err == nil {
				return m, nil
			}
		}
		select {
		case <-tick.C:
		case <-ended:
			return nil, errEnded
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
