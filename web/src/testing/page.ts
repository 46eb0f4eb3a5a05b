// The parts of a page that modules use while they are loaded. A test imports this first.
Object.assign(globalThis, { window: globalThis, location: { host: "aside.example" }, addEventListener() {}, document: { addEventListener() {} } });

export {};
