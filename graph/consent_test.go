package graph

import (
	"testing"

	"github.com/company-a/aside/db"
)

// An account leads back to the page on which its notes were opened, as long as that is a page of the tenant.
func TestConsentOrigin(t *testing.T) {
	for removed, want := range map[bool]string{false: "https://shop.example", true: ""} {
		a := start(t)
		a.must(t, "alice at shop", `{ viewer { id } }`, nil, &struct{}{})
		if removed {
			if _, err := a.DB.RemoveEmbedOrigin(t.Context(), db.Operator(a.tenants["shop"].Key), "https://shop.example"); err != nil {
				t.Fatal(err)
			}
		}
		var answer struct {
			Viewer struct {
				Consents []struct{ EmbedOrigin *string }
			}
		}
		a.must(t, "alice", `{ viewer { consents { embedOrigin } } }`, nil, &answer)
		if len(answer.Viewer.Consents) != 1 {
			t.Fatalf("%+v", answer)
		}
		if got := answer.Viewer.Consents[0].EmbedOrigin; (got == nil) != removed || got != nil && *got != want {
			t.Errorf("removed %t: %v, not %q", removed, got, want)
		}
	}
}
