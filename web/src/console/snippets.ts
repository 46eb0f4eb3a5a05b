import { frameOrigin } from "./place";

interface Snippet {
  name: string;
  about: string;
  parts: { of: string; text: string }[];
}

/** The ways to put the widget on a page, with the tenant's values. */
export function snippets(tenant: string): Snippet[] {
  return [
    {
      name: "HTML",
      about: "Wherever the notes should be. The element takes the width it is given and finds its own height.",
      parts: [
        {
          of: "HTML",
          text: `<script src="${frameOrigin}/v1/aside.js" async></script>\n<aside-notes tenant="${tenant}"></aside-notes>`,
        },
      ],
    },
    {
      name: "npm",
      about: "For a bundler. No package is needed: the loader stays at its address, so that it is always the current one.",
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
        { of: "its use", text: `import { asideNotes } from "./aside.js";\n\ndocument.querySelector("#notes").append(asideNotes());` },
      ],
    },
    {
      name: "React",
      about: "A component of your own. Give it a visitor, any text that names who is logged in, and the notes change with it. It renders on a server as an empty element, and becomes the widget in the browser.",
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
        { of: "its use", text: `<AsideNotes theme="auto" />` },
      ],
    },
  ];
}
