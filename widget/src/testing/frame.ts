// The parts of the document and the window of a frame that modules use while they are loaded. A test imports this first.
import en from "../locales/en.json";

const config = {
  tenant: { key: "t_test", name: "Test", accent: "", suspended: false },
  policy: { assertion: "NONE", vouchedAccounts: false },
  origin: "https://shop.example",
  accountOrigin: "https://aside.example",
  frameOrigin: "https://frame.example",
  extras: "",
  messages: en,
};

const element = { textContent: JSON.stringify(config), lang: "en", focus() {} };

Object.assign(globalThis, {
  window: globalThis,
  parent: { postMessage() {} },
  document: { getElementById: () => element, documentElement: element, activeElement: null },
  matchMedia: () => ({}),
});
