package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// Pages built with the frameworks that companies use, from the original packages.

// reactPage is rendered on a server. It has the plain element beside the wrapper, each with a function.
const reactPage = `
import { useEffect, useState } from "react";
import { AsideNotes } from "@aside/widget/react";
import { Notes } from "./notes.jsx";
const asks = (name) => async ({ nonce }) => (globalThis.asked.push(name + nonce.length), "");
export function Page({ frame, tenant }) {
	const [n, count] = useState(0);
	useEffect(() => void (document.getElementById("root").hidden = false), []);
	return <main>
		<button onClick={() => count(n + 1)}>Count {n}</button>
		<AsideNotes id="wrapper" frameOrigin={frame} tenant={tenant} hidden={n > 0} visitor={"joe" + n} assertion={asks("wrapper")} onReady={() => globalThis.ready.push("wrapper")} />
		<aside-notes id="plain" tenant={tenant} assertion={n ? asks("plain") : undefined}></aside-notes>
		<p>After</p>
		<Notes />
	</main>;
}
`

// The script runs before React hydrates a server-rendered page. React reports no difference (its error 418). The page is hidden until
// then, so that no frame loads and reports that it is ready before React listens.
func TestReactHydratesWhatTheScriptHasTouched(t *testing.T) {
	t.Parallel()
	a := start(t)
	for version, packages := range map[string][]string{"19": {"node_modules"}, "18": {"e2e/frameworks/node_modules"}} {
		t.Run(version, func(t *testing.T) {
			site := a.startSite(t, "react"+version+".localhost", func(tenant string) http.Handler {
				page := `<Page frame="` + a.frame + `" tenant="` + tenant + `" />`
				p := a.project(t, "page.jsx", reactPage, "notes.jsx", documentedSnippet(t, "## In React", "jsx", a.frame, tenant),
					"server.jsx", `
						import { renderToString } from "react-dom/server";
						import { Page } from "./page.jsx";
						process.stdout.write(renderToString(`+page+`));`,
					"main.jsx", `
						import { version } from "react";
						import { hydrateRoot } from "react-dom/client";
						import { Page } from "./page.jsx";
						Object.assign(globalThis, { asked: [], ready: [], trouble: [], version });
						console.error = (...words) => trouble.push(words.join(" "));
						hydrateRoot(document.getElementById("root"), `+page+`, { onRecoverableError: (error) => trouble.push(String(error)) });`)
				return withScript(`<script src="`+a.frame+`/v1/aside.js"></script><div id="root" hidden>`+p.renders("server.jsx", packages...)+`</div><script src="/main.js"></script>`,
					p.bundle("main.jsx", packages...))
			})
			p := newPerson(t)
			page := p.visit(site)
			if got := evaluate[string](page, `version`); !strings.HasPrefix(got, version+".") {
				t.Fatalf("this is React %s", got)
			}
			p.widget(a).find("button", "Sign in")
			page.wait("word from the wrapper", func() bool { return evaluate[string](page, `asked.concat(ready).join()`) == "wrapper43,wrapper" })
			page.click("Count 0")
			page.find("button", "Count 1")
			page.wait("the question who is there now", func() bool { return evaluate[int](page, `asked.filter(by => by === "wrapper43").length`) == 2 })
			if got := evaluate[string](page, `String([document.getElementById("wrapper").hidden, document.getElementById("plain").hidden])`); got != "true,false" {
				t.Errorf("hidden: %s", got)
			}
			if version == "19" { // which binds properties
				page.wait("the question to the element itself", func() bool { return evaluate[bool](page, `asked.includes("plain43")`) })
			}
			if got := evaluate[string](page, `trouble.join("\n")`); got != "" {
				t.Errorf("React says:\n%s", got)
			}
		})
	}
}

// A page that is hydrated when the widget is ready already still learns that it is.
func TestWrappersReportAWidgetThatIsReady(t *testing.T) {
	t.Parallel()
	a := start(t)
	const reports = `() => globalThis.ready.push("wrapper")`
	for framework, c := range map[string]struct{ page, server, main string }{
		"React": {
			page: `import { createElement } from "react";
				import { AsideNotes } from "@aside/widget/react";
				export const page = (tenant) => createElement(AsideNotes, { frameOrigin: "` + a.frame + `", tenant, onReady: ` + reports + ` });`,
			server: `import { renderToString } from "react-dom/server";
				import { page } from "./page.js";
				process.stdout.write(renderToString(page("TENANT")));`,
			main: `import { hydrateRoot } from "react-dom/client";
				import { page } from "./page.js";
				hydrateRoot(document.getElementById("root"), page("TENANT"));`,
		},
		"Vue": {
			page: `import { createSSRApp, h } from "vue";
				import { AsideNotes } from "@aside/widget/vue";
				export const page = (tenant) => createSSRApp(() => h(AsideNotes, { frameOrigin: "` + a.frame + `", tenant, onReady: ` + reports + ` }));`,
			server: `import { renderToString } from "vue/server-renderer";
				import { page } from "./page.js";
				renderToString(page("TENANT")).then((html) => process.stdout.write(html));`,
			main: `import { page } from "./page.js";
				page("TENANT").mount("#root");`,
		},
	} {
		t.Run(framework, func(t *testing.T) {
			site := a.startSite(t, "late.localhost", func(tenant string) http.Handler {
				of := func(entry string) string { return strings.ReplaceAll(entry, "TENANT", tenant) }
				p := a.project(t, "page.js", c.page, "server.js", of(c.server), "main.js", of(c.main))
				return withScript(`<script>
					globalThis.ready = [];
					addEventListener("asideready", () => {
						ready.push("event");
						document.body.append(Object.assign(document.createElement("script"), { src: "/main.js" }));
					});
				</script><script src="`+a.frame+`/v1/aside.js"></script><div id="root">`+p.renders("server.js", "node_modules")+`</div>`,
					p.bundle("main.js", "node_modules"))
			})
			page := newPerson(t).visit(site)
			page.wait("word from the wrapper", func() bool { return evaluate[string](page, `ready.join()`) == "event,wrapper" })
		})
	}
}

// vueComponent compiles a component with Vue's tools.
const vueComponent = `
import { readFileSync, writeFileSync } from "node:fs";
import { compileScript, parse } from "vue/compiler-sfc";
for (const file of process.argv.slice(1)) {
	const options = { isCustomElement: (tag) => tag === "aside-notes" };
	const { descriptor } = parse(readFileSync(file, "utf8"), { templateParseOptions: options });
	writeFileSync(file + ".js", compileScript(descriptor, { id: "c", inlineTemplate: true, templateOptions: { compilerOptions: options } }).content);
}`

func TestVueBindsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, when := range map[string]struct{ tag, binds string }{
		"the script is there before Vue": {`<script src="` + a.frame + `/v1/aside.js"></script>`, `:assertion`},
		"the script comes after Vue":     {"", `:assertion.prop`},
	} {
		t.Run(name, func(t *testing.T) {
			site := a.startSite(t, "vue.localhost", func(tenant string) http.Handler {
				p := a.project(t, "Notes.vue", documentedSnippet(t, "## In Vue", "vue", a.frame, tenant),
					"Page.vue", `
						<script setup>
						import { ref } from "vue";
						import { AsideNotes } from "@aside/widget/vue";
						import Notes from "./Notes.vue.js";
						const n = ref(0), notes = ref(null), { asked, ready } = globalThis;
						const asks = (name) => async ({ nonce }) => (asked.push(name + nonce.length), "");
						const asksWrapper = asks("wrapper"), asksPlain = asks("plain");
						</script>
						<template>
							<button @click="n++">Count {{ n }}</button>
							<AsideNotes ref="notes" class="mine" frame-origin="`+a.frame+`" tenant="`+tenant+`" :visitor="'joe' + n" :assertion="asksWrapper" @ready="ready.push('wrapper' + (notes.element.className))" />
							<aside-notes tenant="`+tenant+`" `+when.binds+`="asksPlain" :variables.prop="{ radius: '7px' }" @asideready="ready.push('plain')" />
							<Notes :user="undefined" />
						</template>`,
					"main.js", `
						import { createApp } from "vue";
						Object.assign(globalThis, { asked: [], ready: [], trouble: [] });
						console.warn = console.error = (...words) => trouble.push(words.join(" "));
						import("./Page.vue.js").then(({ default: Page }) => createApp(Page).mount("#root"));`)
				p.run("node", "--input-type=module", "--eval", vueComponent, filepath.Join(p.dir, "Notes.vue"), filepath.Join(p.dir, "Page.vue"))
				return withScript(when.tag+`<div id="root"></div><script src="/main.js"></script>`, p.bundle("main.js", "node_modules"))
			})
			p := newPerson(t)
			page := p.visit(site)
			p.widget(a).find("button", "Sign in")
			page.wait("word from both", func() bool {
				return evaluate[string](page, `[...new Set(asked.concat(ready))].sort().join()`) == "plain,plain43,wrapper43,wrappermine"
			})
			before := evaluate[int](page, `asked.filter(by => by === "wrapper43").length`)
			page.click("Count 0")
			page.wait("the question who is there now", func() bool {
				return evaluate[int](page, `asked.filter(by => by === "wrapper43").length`) == before+1
			})
			if got := evaluate[string](page, `[...document.querySelectorAll("aside-notes")].map(n => [n.getAttribute("assertion"), n.getAttribute("variables")].join()).join(" ")`); got != `, ,{"radius":"7px"} ,` {
				t.Errorf("the elements have the attributes %s", got)
			}
			if got := evaluate[string](page, `trouble.join("\n")`); got != "" {
				t.Errorf("Vue says:\n%s", got)
			}
		})
	}
}

// A library morphs the page into a new response of the server without reloading the widget, so an open note stays.
func TestAMorphingLibraryLeavesItAlone(t *testing.T) {
	t.Parallel()
	a := start(t)
	var sent string
	site := a.startSite(t, "morph.localhost", func(tenant string) http.Handler {
		sent = documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant)
		p := a.project(t, "main.js", `
			import { Idiomorph } from "idiomorph";
			import morphdom from "morphdom";
			globalThis.morph = {
				idiomorph: (html) => Idiomorph.morph(document.body, html, { morphStyle: "innerHTML" }),
				morphdom: (html) => morphdom(document.body, "<body>" + html + "</body>"),
			};`)
		return withScript(`<script src="/main.js"></script>`+sent, p.bundle("main.js", "e2e/frameworks/node_modules"))
	})
	p := newPerson(t)
	page := p.visit(site)
	w := p.widget(a)
	w.find("button", "Sign in")
	evaluate[bool](w, `(window.untouched = true)`)
	for library, pages := range map[string][]string{
		"idiomorph": {sent, "<h1>New</h1>" + sent, sent + "<h2>Below</h2>"},
		"morphdom":  {sent, sent + "<h2>Below</h2>"}, // which recreates elements without an id if something is inserted before them
	} {
		for _, html := range pages {
			evaluate[bool](page, `(morph.idiomorph(`+quote(sent)+`), true)`)
			evaluate[bool](page, `(morph.`+library+`(`+quote(html)+`), true)`)
			if got := evaluate[string](page, `document.querySelectorAll("aside-notes").length + " " + document.querySelectorAll("h1, h2").length`); got[:1] != "1" {
				t.Fatalf("%s: the page has %s", library, got)
			}
		}
		w = p.widget(a)
		w.find("button", "Sign in")
		if !evaluate[bool](w, `!!window.untouched`) {
			t.Errorf("%s: the frame was reloaded", library)
		}
	}
}

// A page with Trusted Types imports the modules from the service itself.
func TestAPageWithTrustedTypesLoadsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	for policies, trouble := range map[string]string{"aside": "", "'none'": "aside in trusted-types"} {
		t.Run(policies, func(t *testing.T) {
			site := a.startSite(t, "trusted.localhost", func(tenant string) http.Handler {
				return htmlHandler(`<script type="module" nonce="r4nd0m">
					import { load } from "`+a.frame+`/v1/npm/index.js";
					window.trouble = [];
					// A service that is down at first.
					for (const origin of ["http://nowhere.localhost:9", "`+a.frame+`"]) await load(origin).catch(({ message }) => trouble.push(message));
					document.body.dataset.done = "";
				</script><aside-notes tenant="`+tenant+`"></aside-notes>`,
					"Content-Security-Policy", "default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; frame-src "+a.frame+"; require-trusted-types-for 'script'; trusted-types "+policies)
			})
			p := newPerson(t)
			page := p.visit(site)
			page.wait("an end", func() bool { return evaluate[bool](page, `"done" in document.body.dataset`) })
			if trouble == "" {
				p.widget(a).find("button", "Sign in")
				trouble = "http://nowhere.localhost:9 in script-src"
			}
			if got := evaluate[string](page, `trouble[0]`); !strings.Contains(got, trouble) {
				t.Errorf("the page is told %q, not of %q", got, trouble)
			}
		})
	}
}

// A module script or an import runs the script without document.currentScript.
func TestTheScriptMayBeAModule(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, script := range map[string]string{
		"by a tag":     `<script type="module" src="` + a.frame + `/v1/aside.js"></script>`,
		"by an import": `<script type="module">import "` + a.frame + `/v1/aside.js"</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPerson(t)
			p.visit(a.startSite(t, "module.localhost", func(tenant string) http.Handler {
				return htmlHandler(script + `<aside-notes tenant="` + tenant + `"></aside-notes>`)
			}))
			p.widget(a).find("button", "Sign in")
		})
	}
}
