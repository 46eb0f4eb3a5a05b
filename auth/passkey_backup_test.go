package auth_test

import (
	"slices"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// WebAuthn L3 §6.1.3: a passkey's backup eligibility must not change. If a password manager changes it,
// the audit log has the reason, and the person is told about other ways to sign in.
func TestAChangedBackupFlagIsNamed(t *testing.T) {
	for name, flags := range map[string]byte{"was eligible": authtest.BackupEligible, "was not": 0} {
		t.Run(name, func(t *testing.T) {
			site := authtest.New(t)
			alice := site.Visitor(t, site.Tenant(t, "Shop"))
			alice.Authenticator.Flags = authtest.UserPresent | authtest.UserVerified | flags
			alice.Register(t).Must(t, 200)
			change := func(l *authtest.Login) { l.Data.Flags ^= authtest.BackupEligible }
			alice.Login(t, change).Refused(t, 400, "passkey_changed")
			alice.Login(t).Must(t, 200)
			alice.Confirm(t, change).Refused(t, 400, "passkey_changed")
			var why []string
			for _, e := range withAction(entries(t, site), "passkey.refused") {
				why = append(why, e.detail)
			}
			if want := "its backup-eligible flag changed"; !slices.Equal(why, []string{want, want}) {
				t.Errorf("it says %q", why)
			}
		})
	}
}
