import assert from "node:assert/strict";
import { test } from "node:test";
import { search, type Pages } from "./search";

const pages: Pages = {
  README: { title: "Documentation", sections: [{ anchor: "documentation", heading: "Documentation", text: "The pages." }] },
  troubleshooting: {
    title: "Troubleshooting",
    sections: [
      { anchor: "troubleshooting", heading: "Troubleshooting", text: "Each section explains a code, like popup_blocked." },
      { anchor: "popup_blocked", heading: "popup_blocked", text: "The browser opened no window." },
    ],
  },
};

test("a section with the word in its heading comes first", () => {
  assert.deepEqual(search(pages, "Popup_blocked").map(({ address }) => address), ["/docs/troubleshooting#popup_blocked", "/docs/troubleshooting#troubleshooting"]);
});

test("every word must be there, and the page's title counts", () => {
  assert.deepEqual(search(pages, "troubleshooting window").map(({ heading }) => heading), ["popup_blocked"]);
  assert.deepEqual(search(pages, "window missing"), []);
  assert.deepEqual(search(pages, " "), []);
});

test("the text is cut around the match", () => {
  const text = "a ".repeat(100) + "Needle" + " b".repeat(200);
  const [result] = search({ page: { title: "Page", sections: [{ anchor: "", heading: "Part", text }] } }, "needle");
  assert.equal(result!.match, "Needle");
  assert.equal(result!.address, "/docs/page");
  assert.equal(result!.before.slice(0, 4), "…a a");
  assert.equal(result!.after.slice(-2), "b…");
});
