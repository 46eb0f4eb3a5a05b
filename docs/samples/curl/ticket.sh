#!/bin/sh
# Fetches a ticket, server to server: what to give the page in place of an assertion. Good once and for 60 seconds.
# ASIDE_ORIGIN is the account origin, ASIDE_SERVER_KEY is sk_…, from the console.
# The header goes by standard input: other users of the machine can read a command's arguments.
printf 'Authorization: Bearer %s\n' "$ASIDE_SERVER_KEY" |
  curl --silent --show-error --header @- --header 'Content-Type: application/json' "$ASIDE_ORIGIN/graphql" --data '{
    "query": "mutation ($input: IssueTicketInput!) { issueTicket(input: $input) { ticket expiresAt } }",
    "variables": { "input": { "subject": "customer-17", "email": "joe@shop.example", "name": "Joe Miller" } }
  }'
