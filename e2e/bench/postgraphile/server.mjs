// PostGraphile as its documentation sets it up for speed and safety: its default preset, its
// own JWT verification, row-level security by the claims, a pool as large as Aside's.
// The argument is JSON: socket, database, user, secret.
import "./node20.mjs";
import { createServer } from "node:http";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PgLazyJWTPreset } from "postgraphile/presets/lazy-jwt";

const { socket, database, user, secret } = JSON.parse(process.argv[2]);
const pool = new pg.Pool({ host: socket, port: 5432, database, user, max: 16 });

const server = createServer();
const instance = postgraphile({
  extends: [PostGraphileAmberPreset, PgLazyJWTPreset],
  pgServices: [makePgService({ pool, schemas: ["peer"] })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, pgJwtSecret: secret },
  grafast: { explain: false },
});
await instance.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  console.log(`ready 127.0.0.1:${port}`);
});
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => process.exit(0));
}
