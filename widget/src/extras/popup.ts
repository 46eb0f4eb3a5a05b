// Signing in from inside a frame: a window of A's own, and the handshake with it before anybody is asked for a passkey.
import type { AuthorizationResponse, Session } from "../session";
import { config, frameKey, Problem, reportedOrigin } from "../shared";
import { answers, authorizeURL, push, redeem, type Attempt } from "./oauth";

/** Pushes the request of a sign-in for whoever a handle stands for, "" for nobody. Throws a Problem. */
export type Push = (handle: string) => Promise<Attempt>;

/**
 * Goes on in the window that the click has opened (null where the browser gave none) once `ready` has pushed the request for whoever
 * is there. Throws a Problem: `popup_blocked`, `popup_closed`, `access_denied`, `network`, …; the window is closed then.
 */
export async function signInByPopup(popup: Window | null, ready: (push: Push) => Promise<Attempt>): Promise<Session> {
  // Under a page with COOP same-origin the window does open, but we are handed null, or one that looks closed at once.
  if (!popup || popup.closed) throw new Problem("popup_blocked");
  const attempt = await ready(async (handle) => push("web_message", reportedOrigin!, await frameKey(), handle));
  if (popup.closed) throw new Problem("popup_blocked");
  popup.location.replace(authorizeURL(attempt));
  return redeem(attempt, await authorizationResponse(popup, attempt));
}

/** Shakes hands with the popup (it asks who opened it and for which page) and waits for its answer. */
function authorizationResponse(popup: Window, attempt: Attempt): Promise<AuthorizationResponse> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    let seenClosed = false;
    // The answer is posted just before the window closes: only a second look counts.
    const watch = setInterval(() => {
      if (seenClosed) {
        reject(new Problem("popup_closed"));
        done.abort();
      }
      seenClosed = popup.closed;
    }, 300);
    done.signal.onabort = () => clearInterval(watch);
    addEventListener(
      "message",
      ({ source, origin, data }) => {
        if (source !== popup || origin !== config.accountOrigin || data?.v !== 1) return;
        if (data.type === "aside:hello" && data.request_uri === attempt.requestURI) {
          popup.postMessage({ type: "aside:opener", v: 1, request_uri: attempt.requestURI, embed_origin: reportedOrigin }, config.accountOrigin);
        } else if (data.type === "aside:authorization_response" && data.response && answers(attempt, data.response)) {
          resolve(data.response);
          done.abort();
        }
      },
      { signal: done.signal },
    );
  });
}
