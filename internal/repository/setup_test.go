package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tools/setup installs as root or by sudo, and downloads for a user if sudo refuses, also on a terminal. It asks for no
// password if nothing is missing.
func TestSetupInstallsOrDownloads(t *testing.T) {
	t.Parallel()
	const refuses, password, free = "exit 1", `[ "$1" != -n ] && { [ "$1" = -v ] || exec "$@"; }`, `[ "$1" != -n ] || shift; exec "$@"`
	const service = "systemctl disable --quiet --now pgbouncer" // Debian's package would start it
	installed := []string{"chromium", "firefox-esr", "pgbouncer", "node", "npm", "curl", "php", "ruby", "python3", "WebKitWebDriver", "Xvfb"}
	for name, c := range map[string]struct {
		uid      string
		sudo     string // "" if the machine has none
		terminal bool
		there    []string
		broken   string   // one of them that does not work
		want     []string // in what is run, in this order
		not      []string
		says     string
	}{
		"root":                                         {uid: "0", want: []string{"Timeout=300 install", service}, not: []string{"unprivileged", "sudo"}},
		"no sudo":                                      {uid: "1000", want: []string{"unprivileged"}, not: []string{"apt-get", "systemctl"}},
		"no sudo, on a terminal":                       {uid: "1000", terminal: true, want: []string{"unprivileged"}, not: []string{"apt-get"}},
		"sudo refuses":                                 {uid: "1000", sudo: refuses, want: []string{"unprivileged"}, not: []string{"apt-get", "sudo -v"}},
		"sudo refuses, on a terminal":                  {uid: "1000", sudo: refuses, terminal: true, want: []string{"sudo -v", "unprivileged"}, not: []string{"apt-get"}},
		"sudo wants a password":                        {uid: "1000", sudo: password, want: []string{"unprivileged"}, not: []string{"apt-get", "sudo -v"}},
		"sudo wants a password, on a terminal":         {uid: "1000", sudo: password, terminal: true, want: []string{"sudo -v", "sudo env", "Timeout=300 install"}, not: []string{"unprivileged"}},
		"sudo wants none":                              {uid: "1000", sudo: free, want: []string{"sudo env", "Timeout=300 install", service}, not: []string{"unprivileged", "sudo -v"}},
		"nothing is missing":                           {uid: "1000", there: installed, not: []string{"apt-get", "unprivileged"}},
		"nothing is missing, as root":                  {uid: "0", there: installed, not: []string{"apt-get", "systemctl"}},
		"nothing is missing, sudo wants a password":    {uid: "1000", sudo: password, terminal: true, there: installed, not: []string{"apt-get", "unprivileged", "sudo"}},
		"npm alone is missing, sudo wants a password":  {uid: "1000", sudo: password, terminal: true, there: without(installed, "npm"), want: []string{"sudo -v", "Timeout=300 install"}},
		"npm alone is missing, and there is no sudo":   {uid: "1000", there: without(installed, "npm"), want: []string{"unprivileged npm"}},
		"a Node that starts no other":                  {uid: "1000", there: installed, broken: "node", want: []string{"unprivileged nodejs"}},
		"WebKit alone is missing":                      {uid: "0", there: without(without(installed, "Xvfb"), "WebKitWebDriver"), want: []string{"Timeout=300 install", "webkit2gtk-driver xvfb"}},
		"WebKit's display is missing":                  {uid: "1000", sudo: free, there: without(installed, "Xvfb"), want: []string{"Timeout=300 install", "xvfb"}, not: []string{"webkit2gtk-driver"}},
		"WebKit is missing, and there is no sudo":      {uid: "1000", there: without(installed, "Xvfb"), not: []string{"apt-get", "unprivileged"}, says: "leaves the tests with WebKit out here"},
		"WebKit is missing, sudo wants a password":     {uid: "1000", sudo: password, terminal: true, there: without(installed, "Xvfb"), not: []string{"apt-get", "sudo -v"}, says: "have xvfb installed"},
		"the browser is missing, and there is no sudo": {uid: "1000", there: without(installed, "chromium"), want: []string{"unprivileged chromium"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, c.uid)
			for _, program := range c.there {
				s.program(t, program, "exit 0")
			}
			if c.broken != "" {
				s.program(t, c.broken, "exit 1")
			}
			if c.sudo != "" {
				s.program(t, "sudo", c.sudo)
			}
			s.program(t, "systemctl", "exit 0")
			ran, said := s.run(t, c.terminal)
			rest := ran
			if !strings.Contains(said, c.says) || len(c.there) == len(installed) && strings.Contains(said, "WebKit") {
				t.Errorf("it says:\n%s", said)
			}
			for _, want := range c.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Errorf("it does not run %q, or in another order", want)
				}
				rest = after
			}
			for _, not := range c.not {
				if strings.Contains(ran, not) {
					t.Errorf("it runs %q", not)
				}
			}
			if t.Failed() {
				t.Logf("it runs:\n%s", ran)
			}
		})
	}
}

// The tests' packages are development dependencies, which npm omits if NODE_ENV is production.
func TestSetupInstallsDevelopmentDependencies(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "0")
	must(t, os.RemoveAll(filepath.Join(s.dir, "node_modules")))
	s.program(t, "npm", "exit 0")
	if ran, _ := s.run(t, false); !strings.Contains(ran, "npm ci --include=dev") {
		t.Errorf("it runs:\n%s", ran)
	}
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}

// A setup is tools/setup on a machine that has only what a minimal Debian has.
type setup struct{ dir, programs, ran string }

func newSetup(t *testing.T, uid string) *setup {
	t.Helper()
	dir := t.TempDir()
	s := &setup{dir: dir, programs: filepath.Join(dir, "bin"), ran: filepath.Join(dir, "ran")}
	for _, d := range []string{"bin", "tools", "node_modules", "home", "fonts"} {
		must(t, os.Mkdir(filepath.Join(dir, d), 0o700))
	}
	for _, program := range []string{"bash", "sh", "env", "dirname", "find", "mkdir", "rm", "true"} {
		path, err := exec.LookPath(program)
		must(t, err)
		must(t, os.Symlink(path, filepath.Join(s.programs, program)))
	}
	script, err := os.ReadFile("../../tools/setup")
	must(t, err)
	// It must not see this machine's files either.
	elsewhere := strings.NewReplacer("/usr/sbin/", filepath.Join(dir, "sbin")+"/", "/usr/share/fonts", filepath.Join(dir, "fonts")).Replace(string(script))
	must(t, os.WriteFile(filepath.Join(dir, "tools/setup"), []byte(elsewhere), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "fonts/one.ttf"), nil, 0o600))
	for _, file := range []string{"package-lock.json", "node_modules/.package-lock.json", "ran"} {
		must(t, os.WriteFile(filepath.Join(dir, file), nil, 0o600))
	}
	s.program(t, "id", "echo "+uid)
	s.program(t, "postgres", "exit 0")
	s.program(t, "apt-get", "exit 0")
	s.program(t, "../tools/unprivileged", "exit 0")
	return s
}

// program installs a program that records how it is run.
func (s *setup) program(t *testing.T, name, does string) {
	t.Helper()
	script := "#!/bin/sh\necho " + filepath.Base(name) + ` "$@" >>'` + s.ran + "'\n" + does + "\n"
	must(t, os.WriteFile(filepath.Join(s.programs, name), []byte(script), 0o700))
}

// run returns the programs that were run, one per line, and the output.
func (s *setup) run(t *testing.T, terminal bool) (ran, said string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), filepath.Join(s.programs, "bash"), filepath.Join(s.dir, "tools/setup"))
	command.Env = []string{"PATH=" + s.programs, "HOME=" + filepath.Join(s.dir, "home")}
	if terminal {
		side, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
		must(t, err)
		defer func() { _ = side.Close() }()
		command.Stdin = side
	}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("tools/setup: %v\n%s", err, out)
	}
	file, err := os.ReadFile(s.ran)
	must(t, err)
	return string(file), string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
