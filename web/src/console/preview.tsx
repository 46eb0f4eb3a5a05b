import { useEffect, useRef } from "preact/hooks";
import css from "../../../widget/src/frame.css" with { type: "text" };
import { shades } from "./shade";

// The frame's sheet is written for a document; here its root is the host of a shadow tree, so that it dresses nothing else.
const sheet = new CSSStyleSheet();
sheet.replaceSync(css.replace(/:root(\[[^\]]+\])/g, ":host($1)").replaceAll(":root", ":host").replace(/\b(body|main)\b/g, ".$1"));

const notes = [
  ["Gift for Mina", "The tea with jasmine, 100 g", "yesterday"],
  ["Harvest dates", "Ask about the first flush in April", "3 March"],
] as const;

/** The widget with the tenant's name and colour, to look at: nothing in it can be pressed. */
export function Preview({ theme, name, accent }: { theme: "light" | "dark"; name: string; accent: string }) {
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(widget(name));
  }, [name]);

  useEffect(() => {
    const { style } = host.current!;
    if (accent) style.setProperty("--aside-accent", shades(accent)[theme]);
    else style.removeProperty("--aside-accent");
  }, [accent, theme]);

  return <div ref={host} class="preview" role="img" aria-label={`The widget of ${name}, ${theme}`} data-theme={theme} />;
}

function widget(name: string): HTMLElement {
  const list = element("ul", ...notes.map(([title, body, date], i) => element("li", row(element("b", title), element("span", body), element("small", element("span", i ? date : "Pinned"), ...(i ? [] : [element("span", date)]))))));
  return element(
    "div.body",
    element(
      "div.main",
      element("header", element("h1", "Your notes"), element("span.who", `Mina at ${name}`)),
      element("div.bar", button("primary", "New note")),
      element("div.shelf", list),
    ),
  );
}

const row = (...children: Node[]) => {
  const made = button("row", "");
  made.append(...children);
  return made;
};

function button(kind: string, text: string): HTMLElement {
  const made = element("button." + kind, text);
  made.inert = true;
  return made;
}

function element(what: string, ...children: (Node | string)[]): HTMLElement {
  const [tag = "", kind] = what.split(".");
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...children);
  return made;
}
