// Signing in from a frame: a window on the account origin, and the handshake with it before the person is asked for a passkey.
import type { Attempt, AuthorizationResponse, Push, Session } from "../session";
import { config, frameKey, Problem, reportedOrigin } from "../shared";
import { answersAttempt, authorizeURL, push, redeem } from "./oauth";

/**
 * Continues in the window that the click has opened (null if the browser opened none), after `ready` has pushed the request. It throws a
 * Problem: `popup_blocked`, `popup_closed`, `access_denied`, `network`, …
 */
export async function signInByPopup(popup: Window | null, pushRequest: (push: Push) => Promise<Attempt>): Promise<Session> {
  // Under a page with COOP same-origin the window opens, but we get null, or a window that looks closed at once.
  if (!popup || popup.closed) throw new Problem("popup_blocked");
  const attempt = await pushRequest(async (handle) => push("web_message", reportedOrigin!, await frameKey(), handle));
  if (popup.closed) throw new Problem("popup_blocked");
  popup.location.replace(authorizeURL(attempt));
  return redeem(attempt, await authorizationResponse(popup, attempt));
}

/** Answers the popup, which asks who opened it and for which page, and waits for its response. */
function authorizationResponse(popup: Window, attempt: Attempt): Promise<AuthorizationResponse> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    let seenClosed = false;
    let looks = 0;
    const watch = setInterval(() => {
      try {
        // Chromium drops a navigation that begins while the window's first page is just being shown.
        if (++looks === 9 && popup.location.hash) popup.location.replace(authorizeURL(attempt));
      } catch {
        // It shows the account origin.
      }
      // The response is posted just before the window closes, so only the second look counts.
      if (seenClosed) {
        reject(new Problem("popup_closed"));
        ended.abort();
        clearInterval(watch);
      }
      seenClosed = popup.closed;
    }, 300);
    addEventListener(
      "message",
      ({ source, origin, data }) => {
        if (source !== popup || origin !== config.accountOrigin || data?.v !== 1) return;
        if (data.type === "aside:hello" && data.request_uri === attempt.requestURI) {
          popup.postMessage({ type: "aside:opener", v: 1, request_uri: attempt.requestURI, embed_origin: reportedOrigin }, config.accountOrigin);
        } else if (data.type === "aside:authorization_response" && data.response && answersAttempt(attempt, data.response)) {
          resolve(data.response);
        }
      },
      { signal: ended.signal },
    );
  });
}
