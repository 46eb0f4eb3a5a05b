package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// writeNotes is a script of an account page. It writes 5,000 notes to the demo shop, almost 32 MiB of text in all. Each has a word of its
// own, and a quotation mark as phones type it, so that a browser needs two bytes for each character.
const writeNotes = `(async () => {
	const words = "order the spring harvest before Friday and taste it twice: a small pot, water at ninety degrees, and rinse first".split(" ");
	let state = 1;
	const random = (n) => (state = (state * 48271) % 2147483647) % n;
	const id = () => { const time = Date.now().toString(16).padStart(12, "0"); return time.slice(0, 8) + "-" + time.slice(8) + "-7" + crypto.randomUUID().slice(15); };
	for (let n = 0; n < 5000; n += 20) {
		const notes = Array.from({ length: 20 }, (_, i) => {
			let body = "It’s batch" + (n + i) + ". ";
			for (const length = 200 + random(12700); body.length < length; ) body += words[random(words.length)] + " ";
			return { id: id(), title: "Tasting " + (n + i), body, tags: ["tea"] };
		});
		const query = "mutation($notes: [CreateNoteInput!]!) { importNotes(tenant: \"t_demo\", notes: $notes) { note { id } } }";
		const answer = await (await fetch("/graphql", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query, variables: { notes } }) })).text();
		if (answer.includes("errors")) return answer;
	}
	return "";
})()`

// recordTimes is a script that runs before those of a page. It records when the list was shown first and last, when somebody typed, and
// the longest time for which the page did not react.
const recordTimes = `
	const times = (window.times = { list: 0, typed: 0, shown: 0, blocked: 0, busy: true });
	performance.setResourceTimingBufferSize(2000);
	addEventListener("input", () => (times.typed = performance.now()), true);
	new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) times.blocked = Math.max(times.blocked, duration); }).observe({ type: "longtask" });
	new MutationObserver(() => requestAnimationFrame(() => {
		const list = document.querySelector("ul[aria-busy]");
		if (list?.querySelector("li")) times.list ||= performance.now();
		if (times.busy && list?.ariaBusy === "false") times.shown = performance.now();
		times.busy = list?.ariaBusy !== "false";
	})).observe(document, { childList: true, subtree: true, attributes: true });`

// pageTimes is what recordTimes has recorded, in milliseconds since the page was opened, and when the answers of the API arrived.
type pageTimes struct {
	List, Typed, Shown, Blocked float64
	Busy                        bool
	Answers                     []float64
}

func (w *window) times() pageTimes {
	w.t.Helper()
	return evaluate[pageTimes](w, `({...times, answers: performance.getEntriesByType("resource").filter(e => e.name.endsWith("/graphql")).map(e => e.responseEnd)})`)
}

// found types into the search field and waits until the list shows as many notes.
func (w *window) found(search string, notes int) (t pageTimes) {
	w.t.Helper()
	evaluate[bool](w, `(times.blocked = 0, true)`)
	w.fill("Search notes", search)
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if t = w.times(); !t.Busy && t.Shown > t.Typed {
			break
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%q finds nothing; the window shows:\n%.500s", search, w.text())
		}
	}
	if shown := evaluate[int](w, `document.querySelectorAll("li").length`); shown != notes {
		w.t.Fatalf("%q finds %d notes on the first page; the window shows:\n%.500s", search, shown, w.text())
	}
	return t
}

// BenchmarkEncryptedNotes measures our own page of notes, the document that sites embed, for a person with 5,000 end-to-end encrypted
// notes, as many as one may have (docs/performance.md).
func BenchmarkEncryptedNotes(b *testing.B) {
	a := start(b, "--rate-limits", "1000")
	p := newPerson(b)
	p.prf = true
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	w.sees("No notes yet")
	w.visit(a.account + "/account/encryption")
	if refused := await[string](w, writeNotes); refused != "" {
		b.Fatal(refused)
	}
	codes := w.newCodes()
	w.fill("Type one of the codes", codes[0])
	began := time.Now()
	w.click("Encrypt my notes")
	for deadline := began.Add(6 * time.Minute); !strings.Contains(w.text(), "It is on"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("the page shows %.500s", w.text())
		}
	}
	conversion := time.Since(began).Seconds()
	w.notesPage(a)
	w.signInHere()
	w.sees("Only you can read these notes.")

	w.addScript(recordTimes)
	measured := map[string][]float64{}
	for b.Loop() {
		w.visit("about:blank")
		w.notesPage(a)
		var t pageTimes
		w.wait("list", func() bool { t = w.times(); return t.List > 0 && !t.Busy })
		record := func(name string, value float64) { measured[name] = append(measured[name], value) }
		record("ms/first-list", t.List-slices.Min(t.Answers))

		stop := p.watchMemory(b)
		t = w.found("batch4321.", 1)
		record("MB/process-peak", stop())
		last := slices.Max(t.Answers)
		record("ms/load", last-t.Typed)
		record("ms/search-after-last-answer", t.Shown-last)
		record("ms/longest-task-load", t.Blocked)
		t = w.found("IT'S batch", 20)
		record("ms/search-all-found", t.Shown-t.Typed)
		record("ms/longest-task-search-all", t.Blocked)
		t = w.found("batch1234.", 1)
		record("ms/search-one-found", t.Shown-t.Typed)
		must(b, chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, heapprofiler.CollectGarbage, cdp.Empty{})
			if err != nil {
				return err
			}
			heap, err := cdp.Call(ctx, tab, runtime.GetHeapUsage, cdp.Empty{})
			record("MB/heap", (heap.UsedSize+heap.BackingStorageSize)/(1<<20))
			return err
		})))
		record("MB/process", p.largestPage(b))
	}
	b.ReportMetric(conversion, "s/conversion") // the loop forgets those from before
	for name, values := range measured {
		slices.Sort(values)
		b.ReportMetric(values[len(values)/2], name)
	}
}

// watchMemory measures the memory of the person's page until stop is called, which returns the most.
func (p *person) watchMemory(t testing.TB) (stop func() float64) {
	done, most := make(chan struct{}), make(chan float64)
	go func() {
		peak := 0.0
		for {
			peak = max(peak, p.largestPage(t))
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() float64 { close(done); return <-most }
}

// largestPage returns the memory in MB that only the largest of the browser's pages has, the code of the browser not included.
func (p *person) largestPage(t testing.TB) (largest float64) {
	browser := chromedp.FromContext(p.ctx).Browser.Process().Pid
	parents := map[int]int{}
	var pages []int
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	must(t, err)
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // the process has just ended
		}
		var pid, parent int
		var state string
		_, _ = fmt.Sscan(string(stat), &pid)
		_, _ = fmt.Sscan(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), &state, &parent)
		parents[pid] = parent
		if line, err := os.ReadFile(filepath.Dir(file) + "/cmdline"); err == nil && strings.Contains(string(line), "--type=renderer") {
			pages = append(pages, pid)
		}
	}
	for _, page := range pages {
		ancestor := page
		for ancestor > 1 && ancestor != browser {
			ancestor = parents[ancestor]
		}
		if ancestor == browser {
			largest = max(largest, privateMemory(page))
		}
	}
	return largest
}

// privateMemory returns the memory in MB that no other process shares.
func privateMemory(pid int) (megabytes float64) {
	rollup, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup") // of a process that has just ended, 0
	for line := range strings.Lines(string(rollup)) {
		var kilobytes float64
		if strings.HasPrefix(line, "Private_") {
			_, _ = fmt.Sscan(line[strings.IndexByte(line, ':')+1:], &kilobytes)
			megabytes += kilobytes / 1024
		}
	}
	return megabytes
}
