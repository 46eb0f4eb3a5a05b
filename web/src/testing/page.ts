// The parts of a page that modules use, with the English texts. A test imports this first.
import shared from "../locales/en.json";
import account from "../locales/en.account.json";
import hosted from "../locales/en.hosted.json";

Object.assign(globalThis, {
  window: globalThis,
  location: { host: "aside.example" },
  addEventListener() {},
  document: {
    cookie: "",
    addEventListener() {},
    documentElement: { lang: "en", dir: "ltr" },
    getElementById: () => ({ textContent: JSON.stringify({ ...shared, ...hosted, ...account }) }),
  },
});
