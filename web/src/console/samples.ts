// The samples in docs/, which CI runs, and their environment variables.
import goHS from "../../../docs/samples/go/hs256/main.go" with { type: "text" };
import goES from "../../../docs/samples/go/es256/main.go" with { type: "text" };
import nodeHS from "../../../docs/samples/node/hs256.mjs" with { type: "text" };
import nodeES from "../../../docs/samples/node/es256.mjs" with { type: "text" };
import phpHS from "../../../docs/samples/php/hs256.php" with { type: "text" };
import phpRS from "../../../docs/samples/php/rs256.php" with { type: "text" };
import pythonHS from "../../../docs/samples/python/hs256.py" with { type: "text" };
import pythonES from "../../../docs/samples/python/es256.py" with { type: "text" };
import rubyHS from "../../../docs/samples/ruby/hs256.rb" with { type: "text" };
import rubyES from "../../../docs/samples/ruby/es256.rb" with { type: "text" };

export type Signing = "secret" | "key";

export interface Sample {
  name: string;
  /** The code for each way of signing. */
  text: Record<Signing, string>;
}

export const samples: Sample[] = [
  { name: "Node", text: { secret: nodeHS, key: nodeES } },
  { name: "PHP", text: { secret: phpHS, key: phpRS } },
  { name: "Python", text: { secret: pythonHS, key: pythonES } },
  { name: "Ruby", text: { secret: rubyHS, key: rubyES } },
  { name: "Go", text: { secret: goHS, key: goES } },
];

/** Returns the samples' environment with the tenant's values. A placeholder replaces a secret that is no longer shown. */
export function environment(signing: Signing, tenant: string, secret: string, kid: string): string {
  const lines = [`ASIDE_TENANT=${tenant}`, `ASIDE_ORIGIN=${location.origin}`];
  if (signing === "secret") lines.push(`ASIDE_SECRET=${secret || "the secret that was shown to you once"}`);
  else lines.push(`ASIDE_KEY_ID=${kid || "the kid of your public key"}`, "ASIDE_PRIVATE_KEY=your private key, as PEM");
  return lines.join("\n");
}
