// A stock OAuth client signs in: oauth4webapi, unmodified, by redirect.
//
//   node oauth4webapi.mjs <issuer> <client id> <redirect URI> <API> <clock skew in seconds>
//
// It prints the address to sign in at, reads the address that the browser came back to, and
// prints what the API answers.
import { webcrypto } from "node:crypto";
import { request } from "node:http";
import { createInterface } from "node:readline";
import * as oauth from "oauth4webapi";

// Of a browser, and of Node since 19.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const [issuerAddress, clientId, redirectURI, api, skew] = process.argv.slice(2);

// Node does not resolve the names of *.localhost, as browsers do.
const lookup = (_host, options, found) =>
  options.all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4);

const fetchLocally = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, lookup }, async (received) => {
      const chunks = await received.toArray();
      const content = received.statusCode === 204 ? null : Buffer.concat(chunks);
      resolve(new Response(content, { status: received.statusCode, headers: Object.entries(received.headers).flatMap(([name, value]) => [value].flat().map((v) => [name, v])) }));
    });
    sent.on("error", reject);
    sent.end(body?.toString());
  });

const http = { [oauth.customFetch]: fetchLocally, [oauth.allowInsecureRequests]: true };

/** Does it again with the nonce that the server asked for, as the library's own examples do. */
async function withNonce(attempt) {
  try {
    return await attempt();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return attempt();
  }
}

const issuer = new URL(issuerAddress);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...http }));
const client = { client_id: clientId, [oauth.clockSkew]: Number(skew) };
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
const options = { DPoP, ...http };
const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();

const pushed = await withNonce(async () =>
  oauth.processPushedAuthorizationResponse(server, client, await oauth.pushedAuthorizationRequest(server, client, oauth.None(), {
    response_type: "code",
    redirect_uri: redirectURI,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    scope: "notes",
  }, options)));

const signIn = new URL(server.authorization_endpoint);
signIn.searchParams.set("client_id", clientId);
signIn.searchParams.set("request_uri", pushed.request_uri);
console.log(signIn.href);

const lines = createInterface({ input: process.stdin });
const [cameBackTo] = await new Promise((resolve) => lines.once("line", (...line) => resolve(line)));
lines.close();

const response = oauth.validateAuthResponse(server, client, new URL(cameBackTo), state); // state, and iss of RFC 9207
const token = await withNonce(async () =>
  oauth.processAuthorizationCodeResponse(server, client,
    await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), response, redirectURI, verifier, options)));

const headers = new Headers({ "Content-Type": "application/json" });
const query = `mutation { createNote(input: {title: "By a stock client"}) { note { title } } }`;
const answer = await withNonce(() =>
  oauth.protectedResourceRequest(token.access_token, "POST", new URL(api), headers, JSON.stringify({ query }), options));
console.log(JSON.stringify({ tokenType: token.token_type, status: answer.status, body: await answer.json() }));
