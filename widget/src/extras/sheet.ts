// The rules that only the extras need.
const sheet = new CSSStyleSheet();
sheet.replaceSync(
  ".vouched{flex-basis:100%}" +
    ".conflict{border-block-end:1px solid var(--aside-line)}" +
    "figure{border-inline-start:2px solid var(--aside-line);padding-inline-start:12px;margin-block:12px}" +
    "figcaption{color:var(--aside-muted)}" +
    "figure p{white-space:pre-wrap;max-height:200px;overflow:auto}",
);
document.adoptedStyleSheets.push(sheet);

export {};
