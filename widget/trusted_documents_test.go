package widget_test

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/company-a/aside/widget"
)

// A document's id is the hash of its text. The frame's script contains the ids but not the texts.
func TestDocumentsAreNamedByTheirHash(t *testing.T) {
	h := start(t)
	script := body(t, get(t, h, regexp.MustCompile(`/assets/frame\.[0-9a-f]+\.js`).FindString(body(t, get(t, h, "/embed/t_shop?origin=https://shop.example")))))
	for id, text := range widget.Documents() {
		sum := sha256.Sum256([]byte(text))
		if id != "x-"+base64.RawURLEncoding.EncodeToString(sum[:9]) {
			t.Errorf("%s is not from the hash of %s", id, text)
		}
		if !strings.Contains(script, id) {
			t.Errorf("the script does not know %s", id)
		}
	}
	if strings.Contains(script, "orderBy:PINNED_FIRST") {
		t.Error("the script holds a document")
	}
}
