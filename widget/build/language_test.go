package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// A bundle with languages is built once for each catalog. Each output has the texts of its language, and the outputs in one have the same
// hash in their names, which changes with each of them.
func TestOneOutputForEachLanguage(t *testing.T) {
	sources := map[string]string{
		"widget/src/shared.ts":     `export const texts = {};`,
		"widget/src/extras.ts":     `export { default as messages } from "./locales/en.extras.json";`,
		"widget/src/encryption.ts": `import messages from "./locales/en.encryption.json"; import { texts } from "./shared"; Object.assign(texts, messages);`,

		"widget/src/locales/en.extras.json": `{"greeting": "Hello"}`, "widget/src/locales/en.encryption.json": `{"locked": "Locked"}`,
		"widget/src/locales/pt-BR.extras.json": `{"greeting": "Olá"}`, "widget/src/locales/pt-BR.encryption.json": `{"locked": "Trancado"}`,
	}
	languages := target{dir: "widget", bundles: []bundle{
		{entries: []string{"src/shared.ts"}, module: true},
		{entries: []string{"src/extras.ts", "src/encryption.ts"}, languages: true, oneHash: true, module: true, shared: map[string]string{"src/shared.ts": "shared.js"}, own: []string{"src"}},
	}}
	files := build(t, writeSources(t, sources), languages)
	var manifest map[string]entry
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest) != 5 {
		t.Errorf("the outputs are %v", manifest)
	}
	for tag, want := range map[string][2]string{"en": {"Hello", "Locked"}, "pt-BR": {"Olá", "Trancado"}} {
		extras, encryption := string(files[manifest["extras."+tag+".js"].File]), string(files[manifest["encryption."+tag+".js"].File])
		if !strings.Contains(extras, want[0]) || !strings.Contains(encryption, want[1]) {
			t.Errorf("%s has other texts: %s %s", tag, extras, encryption)
		}
		if tag != "en" && (strings.Contains(extras, "Hello") || strings.Contains(encryption, "Locked")) {
			t.Errorf("%s has English texts: %s %s", tag, extras, encryption)
		}
		if got, want := manifest["encryption."+tag+".js"].File, strings.Replace(manifest["extras."+tag+".js"].File, "extras", "encryption", 1); got != want {
			t.Errorf("the output beside the extras is %s, want %s", got, want)
		}
	}
	earlier := manifest["extras.en.js"].File
	sources["widget/src/locales/en.encryption.json"] = `{"locked": "Closed"}`
	if err := json.Unmarshal(build(t, writeSources(t, sources), languages)["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest["extras.en.js"].File == earlier {
		t.Errorf("the output beside it has changed, and the extras are still %s", earlier)
	}

	delete(sources, "widget/src/locales/pt-BR.encryption.json")
	if _, err := languages.build(writeSources(t, sources)); err == nil || !strings.Contains(err.Error(), "pt-BR.encryption.json") {
		t.Errorf("a catalog is missing, and the error is %v", err)
	}
	delete(sources, "widget/src/locales/en.encryption.json")
	if _, err := languages.build(writeSources(t, sources)); err == nil || !strings.Contains(err.Error(), "no catalog src/locales/*.encryption.json") {
		t.Errorf("there is no catalog, and the error is %v", err)
	}
}
