// Tells the page around this frame why there are no notes in it (embed.go, reason). No code where they are expected in a moment: it
// is only to know that the frame was not blocked.
const { origin, ...reason } = JSON.parse(document.getElementById("aside-reason")!.textContent!) as { origin: string; code: string; message: string; help: string };

function tell(name: string, detail: object): void {
  parent.postMessage({ type: "aside:" + name, v: 1, ...detail }, origin);
}

if (parent !== window) {
  tell("hello", { title: document.title });
  if (reason.code) tell("error", reason);
}

export {};
