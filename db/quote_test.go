package db_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/company-a/aside/db/dbtest"
)

// bun writes arguments into the text of a statement. Quoted values come back unchanged and are not executed.
func FuzzQuoting(f *testing.F) {
	for _, seed := range []string{
		"", "it's", `\'; DROP TABLE notes; --`, `E'\x27'`, `$$; SELECT 1; $$`, "a\\", "?0 ? ?::text", "%s", "\u2019\u02bc", "line\nbreak\r\n",
		"\x00", "\xff\xfe", "\xc0\xa7", "(", "{\"a\",NULL}", `"},{"`, "'||(SELECT 1)||'", strings.Repeat("'", 999),
	} {
		f.Add(seed)
	}
	d := dbtest.New(f)
	f.Fuzz(func(t *testing.T, s string) {
		back, bytes, list, err := d.DB.Echo(t.Context(), s)
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return // PostgreSQL has no such text, so it or the driver refuses or changes it
		}
		if err != nil || back != s || string(bytes) != s || len(list) != 2 || list[0] != s || list[1] != "end" {
			t.Errorf("%q came back as %q, %q, %q, %v", s, back, bytes, list, err)
		}
	})
}
