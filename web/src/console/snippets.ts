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
