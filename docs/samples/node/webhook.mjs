// Receives webhooks, and answers requests that Aside has not signed with 400. It needs Node 18 or later, and no packages.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { ASIDE_WEBHOOK_SECRET, PORT = "3000" } = process.env; // the secret is whsec_…, from the console

/**
 * Returns the event of a request, or throws an error.
 * @param {string} body as it was received: parsing and serializing it can change it
 * @param {Record<string, string>} headers with names in lower case
 * @param {string} secret whsec_…
 */
export function verify(body, headers, secret) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) throw new Error("the time is missing, or more than five minutes from ours");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  const valid = signatures.split(" ").some((signature) => { // there are two while a secret is being replaced
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return signature.startsWith("v1,") && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!valid) throw new Error("no signature is valid");
  return JSON.parse(body);
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const event = verify(Buffer.concat(chunks).toString(), request.headers, ASIDE_WEBHOOK_SECRET ?? "");
    // The same webhook-id may arrive twice: store it with the result of your work. If that takes long, answer first.
    console.log(request.headers["webhook-id"], event.type, event.data.subject ?? "");
    response.writeHead(204).end();
  } catch (error) {
    console.error(error.message);
    response.writeHead(400).end();
  }
});
server.listen(Number(PORT), "127.0.0.1", () => console.log("listening on", server.address().port));
