import type { AssertionPolicy } from "./documents";
import { frameOrigin } from "./place";
import type { Check } from "./tester";

export interface Installation {
  suspended: boolean;
  embedOrigins: string[];
  policy: { assertion: AssertionPolicy };
  assertionKeys: { revokedAt: string | null }[];
}

/** Checks all that can be seen from here of a page with the snippet. */
export async function installed(page: string, now: Installation): Promise<Check[]> {
  const origin = originOf(page);
  const checks: Check[] = [];
  const check = (name: string, ok: boolean, yes: string, no: string) => checks.push({ name, ok, detail: ok ? yes : no });
  check("Address", origin !== "", `Its origin is ${origin}.`, "Write the whole address of the page, as it is in the address bar: https://www.your.example/article.");
  if (!origin) return checks;
  const near = now.embedOrigins.find((listed) => hostOf(listed).replace(/^www\./, "") === hostOf(origin).replace(/^www\./, ""));
  check(
    "Embed origin",
    now.embedOrigins.includes(origin),
    "It is listed: its pages may show the widget.",
    `It is not listed: add ${origin} under Embed origins.${near ? ` Listed is ${near}, which browsers take for another site.` : ""}`,
  );
  check("Tenant", !now.suspended, "It is not suspended.", "It is suspended: the widget refuses everybody. Ask the operator.");
  check("Loader", await loads(), `${frameOrigin}/v1/aside.js answers.`, `${frameOrigin}/v1/aside.js does not answer from here. Check that this computer reaches it.`);
  check(
    "Assertions",
    now.policy.assertion !== "REQUIRED" || now.assertionKeys.some((key) => !key.revokedAt),
    now.policy.assertion === "REQUIRED" ? "They are required, and a key verifies them." : "Visitors can sign in without one.",
    "The policy requires them and no key is live: nobody can sign in. Add a key, or make them optional.",
  );
  return checks;
}

async function loads(): Promise<boolean> {
  try {
    return (await fetch(frameOrigin + "/v1/aside.js", { signal: AbortSignal.timeout(10_000) })).ok;
  } catch {
    return false;
  }
}

const originOf = (page: string) => (/^https?:/i.test(page) ? (parsed(page)?.origin ?? "") : "");

const hostOf = (origin: string) => parsed(origin)?.host ?? origin;

function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
