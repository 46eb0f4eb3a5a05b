package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// recordKeys is a script that records every key that a page imports as bytes: results of the prf extension, content keys, the
// secrets of recovery codes, and what is derived from them.
const recordKeys = `{
	const { importKey } = SubtleCrypto.prototype;
	SubtleCrypto.prototype.importKey = function (format, bytes, ...others) {
		if (format === "raw") {
			const keys = JSON.parse(localStorage.getItem("keys") ?? "[]");
			keys.push(btoa(String.fromCharCode(...new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength))));
			localStorage.setItem("keys", JSON.stringify(keys));
		}
		return importKey.call(this, format, bytes, ...others);
	};
}`

// recordedKeys returns the keys that the pages of the window's origin have imported.
func (w *window) recordedKeys() (keys [][]byte) {
	w.t.Helper()
	for _, text := range evaluate[[]string](w, `JSON.parse(localStorage.getItem("keys") ?? "[]")`) {
		key, err := base64.StdEncoding.DecodeString(text)
		must(w.t, err)
		keys = append(keys, key)
	}
	return keys
}

// A person turns end-to-end encryption on, then writes, finds and changes notes, and unlocks them with a code. Nothing that they
// wrote since, and no key, is in the memory of the server, in any file of the database, in a dump or in a log. A note of the same
// person from before is in the memory, which shows that it would be found.
func TestTheServerNeverHasWhatIsSealed(t *testing.T) {
	t.Parallel()
	a := startEmbedded(t)
	beside := a.logEverything(t)
	p := newPerson(t)
	p.prf = true
	w := p.account(a, "/encryption")
	w.addScript(recordKeys)
	w.visit(a.account + "/account/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	const before = "canary-before-4471"
	w.write(before, "The server reads this one.")
	w.notesPage(a)
	w.sees(before)
	if found := searchMemory(t, a.command.Process.Pid, []needle{{"the note", []byte(before)}}); len(found) == 0 {
		t.Error("not even what the server reads is in its memory")
	}

	codes := w.turnOnEncryption(a)
	w.notesPage(a).signInHere()
	w.sees("Only you can read these notes.")
	texts := []string{"canary-title-8803", "canary-text-8803", "canary-second-8803", "canary-at-home-8803", "canary-sought-8803", "canary-tag-8803"}
	w.write(texts[0], texts[1])
	w.fill("Note", texts[2])
	w.sees("Saved")
	w.fill("Tags", texts[5]+",")
	w.sees("Saved")
	w.closeNote()
	w.fill("Search notes", texts[2])
	w.sees("1 note found.")
	w.fill("Search notes", texts[4])
	w.sees("No notes match")
	keys := w.recordedKeys()
	w.visit(a.account + "/account/notes")
	w.follow(texts[0])
	w.wait("the text", func() bool { return w.value("Note") == texts[2] })
	w.fill("Note", texts[3])
	w.sees("Saved")
	w.visit(a.account + "/account/notes")
	w.fill("Search", texts[3])
	w.sees("1 note")
	evaluate[bool](w, `indexedDB.deleteDatabase('aside') && true`)
	w.visit(a.account + "/account/notes")
	w.sees("Your notes are locked in this browser")
	w.fill("Recovery code", codes[3])
	w.click("Unlock with a code")
	w.sees(texts[0])

	needles := make([]needle, 0, 200)
	for _, text := range texts {
		needles = append(needles, formsOf(text, []byte(text))...)
	}
	needles = append(needles, formsOf("a recovery code", []byte(strings.ReplaceAll(codes[3], "-", "")[6:]))...)
	seen := map[string]bool{}
	for i, key := range append(keys, w.recordedKeys()...) {
		if len(key) >= 24 && !seen[string(key)] {
			seen[string(key)] = true
			needles = append(needles, formsOf(fmt.Sprintf("key %d of %d bytes", i, len(key)), key)...)
		}
	}
	if len(seen) < 6 { // results of the extension, the content key, keys of wraps, codes and tenants
		t.Fatalf("only %d keys were recorded", len(seen))
	}
	found := searchMemory(t, a.command.Process.Pid, needles)
	stored := a.stored(t, beside)
	a.stop(t)
	stored["the logs"] = []byte(a.stderr.String())
	for where, content := range stored {
		for _, n := range needles {
			if bytes.Contains(content, n.bytes) {
				found = append(found, n.what+" in "+where)
			}
		}
	}
	if len(found) > 0 {
		t.Errorf("found %q", found)
	}
	t.Logf("%d keys and %d texts in %d forms were looked for", len(seen), len(texts), len(needles))
}

// A needle is one form of what must not be found.
type needle struct {
	what  string
	bytes []byte
}

// formsOf returns the forms in which a secret may be stored: as it is, in UTF-16, hexadecimal and base64, there at each offset
// from the beginning of a group.
func formsOf(what string, secret []byte) []needle {
	form := func(name string, b []byte) needle { return needle{what + " (" + name + ")", b} }
	forms := []needle{
		form("bytes", secret),
		form("hexadecimal", []byte(hex.EncodeToString(secret))),
		form("hexadecimal in upper case", []byte(strings.ToUpper(hex.EncodeToString(secret)))),
	}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(string(secret))) {
		little, big = append(little, byte(unit), byte(unit>>8)), append(big, byte(unit>>8), byte(unit))
	}
	forms = append(forms, form("UTF-16LE", little), form("UTF-16BE", big))
	for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
		for offset := range 3 {
			whole := secret[offset : len(secret)-(len(secret)-offset)%3] // the groups that have no other bytes
			forms = append(forms, form(fmt.Sprint(name, " from byte ", offset), []byte(encoding.EncodeToString(whole))))
		}
	}
	return forms
}

// searchMemory returns what is in the memory of a process that the process can read.
func searchMemory(t *testing.T, pid int, needles []needle) (found []string) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	must(t, err)
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	must(t, err)
	defer func() { _ = memory.Close() }()
	const size, overlap = 16 << 20, 1 << 10
	buffer := make([]byte, size)
	read := 0
	seen := map[string]bool{}
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); err != nil || rights[0] != 'r' || strings.Contains(line, "[v") {
			continue // [vvar], [vsyscall] and their like are the kernel's
		}
		for at := from; at < to; at += size - overlap {
			n, err := io.ReadFull(io.NewSectionReader(memory, at, min(size, to-at)), buffer[:min(size, to-at)])
			if err != nil { // the process has given it back
				continue
			}
			read += n
			for _, needle := range needles {
				if !seen[needle.what] && bytes.Contains(buffer[:n], needle.bytes) {
					seen[needle.what] = true
					found = append(found, needle.what+" in memory")
				}
			}
		}
	}
	if read < 8<<20 {
		t.Errorf("only %d bytes of memory could be read", read)
	}
	return found
}
