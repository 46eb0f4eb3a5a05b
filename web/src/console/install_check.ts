import type { AssertionPolicy } from "./documents";
import { frameOrigin } from "./config";
import type { Check } from "./checks";

export interface Installation {
  suspended: boolean;
  embedOrigins: string[];
  policy: { assertion: AssertionPolicy };
  assertionKeys: { revokedAt: string | null }[];
}

/** Checks a page with the snippet, as far as the console can. */
export async function checkInstallation(page: string, now: Installation): Promise<Check[]> {
  const origin = originOf(page);
  const checks: Check[] = [];
  const check = (name: string, ok: boolean, yes: string, no: string) => checks.push({ name, ok, detail: ok ? yes : no });
  check("Address", origin !== "", `Its origin is ${origin}.`, "Enter the full address of the page, as the address bar shows it: https://www.your.example/article.");
  if (!origin) return checks;
  const near = now.embedOrigins.find((listed) => hostOf(listed).replace(/^www\./, "") === hostOf(origin).replace(/^www\./, ""));
  check(
    "Embed origin",
    now.embedOrigins.includes(origin),
    "It is listed, so its pages can show the widget.",
    `It is not listed. Add ${origin} under Embed origins.${near ? ` Browsers treat the listed ${near} as another site.` : ""}`,
  );
  check("Tenant", !now.suspended, "It is not suspended.", "It is suspended, so nobody can use the widget. Ask the operator.");
  check("Loader", await loads(), `${frameOrigin}/v1/aside.js responds.`, `${frameOrigin}/v1/aside.js doesn’t respond. Check that this computer can reach it.`);
  check(
    "Assertions",
    now.policy.assertion !== "REQUIRED" || now.assertionKeys.some((key) => !key.revokedAt),
    now.policy.assertion === "REQUIRED" ? "They are required, and you have an active key." : "Visitors can sign in without one.",
    "The policy requires them, but no key is active, so nobody can sign in. Add a key or make them optional.",
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
