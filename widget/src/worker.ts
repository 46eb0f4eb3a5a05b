// The service worker of the frame: a page that is loaded while the network is gone still comes up with the notes in it. It
// keeps the frame's document as the server gave it last, with its headers, and gives it back only where the network gives
// nothing: who may frame it is the server's to say. Of anything else, notes above all, it keeps and answers nothing; scripts
// and styles are in the browser's cache for good.

interface Fetch extends Event {
  request: Request;
  /** With nothing it is what it is without a service worker: a page that could not be loaded. */
  respondWith(response: Promise<Response | undefined>): void;
  waitUntil(done: Promise<unknown>): void;
}

addEventListener("install", (event) => {
  // What is written goes to the server without waking anybody, where a browser lets us say so.
  (event as Event & { addRoutes?: (routes: object[]) => void }).addRoutes?.([{ condition: { requestMethod: "POST" }, source: "network" }]);
});

addEventListener("fetch", (event) => {
  const { request } = event as Fetch;
  if (request.destination !== "iframe") return; // a page of its own may have a code in its address
  (event as Fetch).respondWith(
    caches.open("frame").then((kept) =>
      fetch(request).then(
        (response) => {
          if (response.status < 500) (event as Fetch).waitUntil(kept.put(request, response.clone()));
          return response;
        },
        () => kept.match(request),
      ),
    ),
  );
});

export {};
