// Fetches a ticket, server to server: what to give the page in place of an assertion. Node 18 or later, no packages.

const { ASIDE_ORIGIN, ASIDE_SERVER_KEY } = process.env; // the latter: sk_…, from the console

/**
 * Fetches a ticket, good once and for 60 seconds.
 * @param {{id: string, email?: string, name?: string}} visitor id never changes and is never given to somebody else
 * @returns {Promise<string>} tk_…
 */
export async function ticket({ id, email, name }) {
  const response = await fetch(ASIDE_ORIGIN + "/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${ASIDE_SERVER_KEY}` },
    body: JSON.stringify({
      query: "mutation ($input: IssueTicketInput!) { issueTicket(input: $input) { ticket } }",
      variables: { input: { subject: id, email, name } },
    }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data.issueTicket.ticket;
}

// To try it: node ticket.mjs customer-17 joe@shop.example "Joe Miller"
const [id, email, name] = process.argv.slice(2);
if (id) console.log(await ticket({ id, email, name }));
