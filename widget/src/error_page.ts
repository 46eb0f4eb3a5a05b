// Tells the page around this frame why there are no notes in it (frame.go, reason). Without a code it only says that the frame was not
// blocked: the notes are expected in a moment.
const { origin, ...reason } = JSON.parse(document.getElementById("aside-reason")!.textContent!) as { origin: string; code: string; message: string; help: string };

function post(name: string, detail: object): void {
  parent.postMessage({ type: "aside:" + name, v: 1, ...detail }, origin);
}

if (parent !== window) {
  post("hello", { title: document.title });
  if (reason.code) post("error", reason);
}

export {};
