//go:build deploy

package deploy

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

var image = flag.String("image", "", "the image to test, as tools/image writes it")

// The image is unpacked and runs as an unknown user, on a read-only root that has nothing else: no /tmp, /proc or /dev.
func TestImage(t *testing.T) {
	unpacked, files := t.TempDir(), t.TempDir()
	must(t, os.Chmod(files, 0o755))
	run(t, "tar", "-xf", *image, "-C", unpacked)
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	readJSON(t, filepath.Join(unpacked, "manifest.json"), &manifest)
	for _, layer := range manifest[0].Layers {
		run(t, "tar", "-xzf", filepath.Join(unpacked, layer), "-C", files)
	}
	var description struct {
		Config struct {
			Entrypoint, Cmd, Env []string
			User                 string
		}
	}
	readJSON(t, filepath.Join(unpacked, manifest[0].Config), &description)
	c := description.Config
	if !slices.Equal(c.Entrypoint, []string{"/aside"}) || !slices.Equal(c.Cmd, []string{"serve"}) || c.User == "" || c.User == "0" {
		t.Errorf("the image is configured as %+v", c)
	}
	var found []string
	must(t, filepath.WalkDir(files, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, name[len(files):])
		}
		return err
	}))
	if !slices.Equal(found, []string{"/aside", "/etc/ssl/certs/ca-certificates.crt"}) {
		t.Errorf("the image has %q", found)
	}

	root := t.TempDir()
	must(t, syscall.Mount(files, root, "", syscall.MS_BIND, ""))
	t.Cleanup(func() { must(t, syscall.Unmount(root, 0)) })
	must(t, syscall.Mount("", root, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""))
	if err := os.WriteFile(filepath.Join(root, "written"), nil, 0o600); err == nil {
		t.Fatal("the root can be written")
	}
	account := serve(t, root, append(c.Env, configuration(t)...), append(c.Entrypoint, c.Cmd...)...)
	wantOK(t, account, "/readyz", "/console", "/docs/troubleshooting")
}

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	content, err := os.ReadFile(name)
	must(t, err)
	must(t, json.Unmarshal(content, v))
}
