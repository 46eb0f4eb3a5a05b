// The styles that only the extras need.
const sheet = new CSSStyleSheet();
sheet.replaceSync(
  ".vouched{flex-basis:100%;order:2}" +
    "figure,blockquote{border-inline-start:2px solid var(--aside-line);padding-inline-start:12px;margin-block:12px}" +
    "figure p,pre,code{white-space:pre-wrap}" +
    "figure p{max-height:180px;overflow:auto}" +
    "dialog{margin:16px auto;padding:16px;border:1px solid var(--aside-line);border-radius:var(--aside-radius);background:var(--aside-background)}" +
    "dialog div{display:flex;margin-block:8px}dt{min-width:64px}" +
    "h3,h4,h5,kbd{font-weight:600}" +
    "article{padding-block:8px}" +
    "ol,article ul{padding-inline-start:24px;list-style:decimal}article ul{list-style:disc}article li{border:0}" +
    "article li:has(input){list-style:none}article input{width:auto;margin-inline-end:8px}" +
    "table{display:block;overflow:auto;border-collapse:collapse}td,th{border:1px solid var(--aside-line);padding:4px 8px;text-align:start}" +
    "i{font-style:italic}pre,code{font-family:monospace}" +
    // Suggestions for tags appear while the person types.
    "::-webkit-calendar-picker-indicator{display:none!important}" +
    // Printed, an open note is its title and its whole text: fields would be cut off.
    "@media print{.open>:not(.editor),.editor>:not(article){display:none!important}article{max-height:none}.open{display:block;color:#000}" +
    ".editor::before{display:block;content:attr(aria-label);font-size:20px;font-weight:600}" +
    ".editor::after{content:attr(data-text);white-space:pre-wrap}}",
);
document.adoptedStyleSheets.push(sheet);

export {};
