package main

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A person who never turns end-to-end encryption on loads little for it: the frame, the extras and the popup are compared with those of
// a build without it, which also lacks what the frame exports for it alone.
func TestWeightOfEndToEndEncryptionForEveryone(t *testing.T) {
	const most = 300
	with, without := weights(t, false), weights(t, true)
	for _, tag := range []string{"ar", "de", "en", "es", "fr", "ja", "pt-BR"} {
		sum := 0
		for _, name := range []string{"frame.js", "extras." + tag + ".js", "popup.js"} {
			t.Logf("%5d bytes of %s", with[name]-without[name], name)
			sum += with[name] - without[name]
		}
		if sum > most {
			t.Errorf("%s: %d bytes more, at most %d are allowed", tag, sum, most)
		}
	}
}

// offerText matches the text of the offer, which a build without end-to-end encryption would not have.
var offerText = regexp.MustCompile(`,encryption:"[^"]*"`)

// otherFile matches the hash in the name of another file. It is random, and compresses by chance.
var otherFile = regexp.MustCompile(`\b[0-9a-f]{12}\.js\b`)

// weights returns the compressed size of each script by its name without a hash.
func weights(t *testing.T, withoutEncryption bool) map[string]int {
	t.Helper()
	sizes := map[string]int{}
	for _, target := range targets {
		target.bundles = slices.Clone(target.bundles)
		for i := range target.bundles {
			target.bundles[i].withoutEncryption = withoutEncryption
		}
		for file, content := range build(t, "../..", target) {
			name, _, _ := strings.Cut(strings.TrimSuffix(file, path.Ext(file)), ".")
			if i := strings.LastIndex(file, "."); strings.Count(file, ".") == 3 {
				name = file[:strings.LastIndex(file[:i], ".")]
			}
			if withoutEncryption {
				content = offerText.ReplaceAll(content, nil)
			}
			content = otherFile.ReplaceAll(content, []byte("0123456789ab.js"))
			sizes[name+path.Ext(file)] = weight(content)
		}
	}
	return sizes
}
