package command

import (
	"bytes"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/company-a/aside/internal/version"
)

func TestVersionIsPrinted(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}} {
		var out, refusal bytes.Buffer
		tree := &struct {
			Version Version          `cmd:""`
			Flag    kong.VersionFlag `name:"version"`
		}{}
		if status := Run(t.Context(), tree, args, &out, &refusal); status != 0 {
			t.Errorf("aside %s: status %d: %s", args, status, &refusal)
		}
		if out.String() != version.Running().String()+"\n" {
			t.Errorf("aside %s prints %q", args, &out)
		}
	}
}
