// The rules that only the extras need.
const sheet = new CSSStyleSheet();
sheet.replaceSync(
  ".vouched{flex-basis:100%}" +
    ".conflict{border-block-end:1px solid var(--aside-line)}" +
    "figure{border-inline-start:2px solid var(--aside-line);padding-inline-start:12px;margin-block:12px}" +
    "figcaption{color:var(--aside-muted)}" +
    "figure p{white-space:pre-wrap;max-height:200px;overflow:auto}" +
    "dialog{margin:16px auto;padding:16px;border:1px solid var(--aside-line);border-radius:var(--aside-radius);background:var(--aside-background)}" +
    "dialog::backdrop{background:#0006}" +
    "dl div{display:flex;gap:20px}dt{min-width:44px}" +
    "h2,h3,h4,h5,h6,kbd{font-weight:600}" +
    "article{min-height:240px;padding-block:8px}" +
    "ol,article ul{padding-inline-start:24px;list-style:decimal}article ul{list-style:disc}article li{border:0}" +
    "i{font-style:italic}pre,code{font-family:monospace;white-space:pre-wrap}" +
    "blockquote{border-inline-start:2px solid var(--aside-line);padding-inline-start:12px}hr{border:0;border-block-start:1px solid var(--aside-line)}",
);
document.adoptedStyleSheets.push(sheet);

export {};
