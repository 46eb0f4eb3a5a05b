package auth_test

import (
	"archive/zip"
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

func export(t *testing.T, v *authtest.Visitor, edits ...func(*authtest.Call)) *authtest.Answer {
	t.Helper()
	return v.Post(t, "/account/export", nil, edits...)
}

func TestAccountExportIsAZip(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	export(t, alice).Refused(t, 401, "unauthenticated")
	alice.SignUp(t)
	whoami(t, alice).Must(t, 200)
	alice.GraphQL(t, "mutation", nil).Must(t, 200) // writes a note: see Site.Whoami
	answer := export(t, alice).Must(t, 200)
	if got := answer.Header.Get("Content-Type") + " " + answer.Header.Get("Content-Disposition") + " " + answer.Header.Get("Cache-Control"); !strings.HasPrefix(got, `application/zip attachment; filename="aside-20`) || !strings.HasSuffix(got, `.zip" no-store`) {
		t.Errorf("it comes as %s", got)
	}
	z, err := zip.NewReader(strings.NewReader(answer.Body), int64(len(answer.Body)))
	if err != nil || len(z.File) != 3 || !strings.HasPrefix(z.File[2].Name, "notes/Shop/") {
		t.Errorf("%+v, %v", z, err)
	}
	expireConfirmation(t, site)
	export(t, alice).Refused(t, 403, "confirmation_required")
	alice.Confirm(t).Must(t, 200)
	if got := export(t, alice).Must(t, http.StatusOK).Header.Get("Content-Type"); got != "application/zip" {
		t.Errorf("it comes as %s", got)
	}
}
