// Runs the audits of GraphQL over HTTP, as graphql-http has them, against a server:
//
//   node audits.mjs <address>
//
// and prints each one as a line of JSON: {name, status, reason}.
import { request } from "node:http";
import { serverAudits } from "graphql-http";

// Node does not resolve the names of *.localhost, as browsers do.
const lookup = (_host, options, found) =>
  options.all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4);

const fetchFn = (url, { method = "GET", headers, body } = {}) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, lookup }, async (received) => {
      const content = Buffer.concat(await received.toArray());
      resolve(new Response(content, { status: received.statusCode, headers: received.headers }));
    });
    sent.on("error", reject);
    sent.end(body);
  });

for (const audit of serverAudits({ url: process.argv[2], fetchFn })) {
  const { status, reason } = await audit.fn();
  console.log(JSON.stringify({ name: audit.name, status, reason }));
}
