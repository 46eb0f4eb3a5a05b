// The samples in docs/, which CI runs, and their environment variables.
import goHS from "../../../docs/samples/go/hs256/main.go" with { type: "text" };
import goES from "../../../docs/samples/go/es256/main.go" with { type: "text" };
import nodeHS from "../../../docs/samples/node/hs256.mjs" with { type: "text" };
import nodeES from "../../../docs/samples/node/es256.mjs" with { type: "text" };
import phpHS from "../../../docs/samples/php/hs256.php" with { type: "text" };
import phpRS from "../../../docs/samples/php/rs256.php" with { type: "text" };
import pythonHS from "../../../docs/samples/python/hs256.py" with { type: "text" };
import pythonES from "../../../docs/samples/python/es256.py" with { type: "text" };
import rubyHS from "../../../docs/samples/ruby/hs256.rb" with { type: "text" };
import rubyES from "../../../docs/samples/ruby/es256.rb" with { type: "text" };
import { frameOrigin } from "./config";

interface Snippet {
  name: string;
  about: string;
  parts: { of: string; text: string }[];
}

/** Returns the snippets that put the widget on a page, with the tenant's values. */
export function snippets(tenant: string): Snippet[] {
  return [
    {
      name: "HTML",
      about: "Paste it where the notes should appear. The element fills the available width and sets its own height.",
      parts: [
        {
          of: "HTML",
          text: `<script src="${frameOrigin}/v1/aside.js" async></script>\n<aside-notes tenant="${tenant}"></aside-notes>`,
        },
      ],
    },
    {
      name: "npm",
      about: "For bundlers. No package is needed: the loader comes from its own address, so it is always up to date.",
      parts: [
        {
          of: "aside.js",
          text: `// aside.js: call it where the notes should be, as often as you like.
export function asideNotes(tenant = "${tenant}") {
  const src = "${frameOrigin}/v1/aside.js";
  if (!document.querySelector(\`script[src="\${src}"]\`)) {
    document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
  }
  const element = document.createElement("aside-notes");
  element.setAttribute("tenant", tenant);
  return element;
}`,
        },
        { of: "usage", text: `import { asideNotes } from "./aside.js";\n\ndocument.querySelector("#notes").append(asideNotes());` },
      ],
    },
    {
      name: "React",
      about: "A component for your app. Set visitor to any text that names the logged-in user, and the notes change with it. On a server it renders as an empty element, which becomes the widget in the browser.",
      parts: [
        {
          of: "AsideNotes.jsx",
          text: `// AsideNotes.jsx
import { useEffect, useRef } from "react";

export function AsideNotes({ tenant = "${tenant}", assertion, ...attributes }) {
  const element = useRef(null);
  useEffect(() => {
    const src = "${frameOrigin}/v1/aside.js";
    if (!document.querySelector(\`script[src="\${src}"]\`)) {
      document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
    }
  }, []);
  useEffect(() => {
    element.current.assertion = assertion; // async ({ nonce }) => jwt; undefined where nobody is logged in
  }, [assertion]);
  return <aside-notes ref={element} tenant={tenant} {...attributes} />;
}`,
        },
        { of: "usage", text: `<AsideNotes theme="auto" />` },
      ],
    },
  ];
}

export type Signing = "secret" | "key";

export interface Sample {
  name: string;
  /** The code for each way of signing. */
  text: Record<Signing, string>;
}

export const samples: Sample[] = [
  { name: "Node", text: { secret: nodeHS, key: nodeES } },
  { name: "PHP", text: { secret: phpHS, key: phpRS } },
  { name: "Python", text: { secret: pythonHS, key: pythonES } },
  { name: "Ruby", text: { secret: rubyHS, key: rubyES } },
  { name: "Go", text: { secret: goHS, key: goES } },
];

/** Returns the samples' environment with the tenant's values. A placeholder replaces a secret that is no longer shown. */
export function environment(signing: Signing, tenant: string, secret: string, kid: string): string {
  const lines = [`ASIDE_TENANT=${tenant}`, `ASIDE_ORIGIN=${location.origin}`];
  if (signing === "secret") lines.push(`ASIDE_SECRET=${secret || "the secret that was shown to you once"}`);
  else lines.push(`ASIDE_KEY_ID=${kid || "the kid of your public key"}`, "ASIDE_PRIVATE_KEY=your private key, as PEM");
  return lines.join("\n");
}
