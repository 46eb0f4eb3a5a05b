// The service worker of the frame: a page that is loaded without a network still shows the notes. It caches the frame's document as the
// server last returned it, with its headers, and uses that only if the network fails: the server decides who may frame it. It caches
// nothing else, above all no notes; scripts and styles are in the browser's cache for good.

interface Fetch extends Event {
  request: Request;
  /** If the response is undefined, the page cannot be loaded, as without a service worker. */
  respondWith(response: Promise<Response | undefined>): void;
  waitUntil(done: Promise<unknown>): void;
}

addEventListener("install", (event) => {
  // Where browsers support it, POSTs go to the network without waking the worker.
  (event as Event & { addRoutes?: (routes: object[]) => void }).addRoutes?.([{ condition: { requestMethod: "POST" }, source: "network" }]);
});

addEventListener("fetch", (event) => {
  const { request } = event as Fetch;
  if (request.destination !== "iframe") return; // the address of a page of its own may contain a code
  (event as Fetch).respondWith(
    caches.open("frame").then((cache) =>
      fetch(request).then(
        (response) => {
          if (response.status < 500) (event as Fetch).waitUntil(cache.put(request, response.clone()));
          return response;
        },
        () => cache.match(request),
      ),
    ),
  );
});

export {};
