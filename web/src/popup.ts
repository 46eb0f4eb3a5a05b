import { post, readJSON, RefusedError, responseDetail, sendJSON } from "./http/post";
import { loadExtras } from "./page/extras";
import { type CeremonyResult, finishCeremony, cookiesEnabled, type Kind, runCeremony, supportsPasskeys } from "./passkey/ceremony";
import { signalAccount } from "./passkey/signal";
import { accountUsed } from "./passkey/used_account";
import { explainError } from "./passkey/errors";
import { decide, type Decision, respond } from "./popup/decision";
import { shouldOfferPasskey, declinePasskeyHere } from "./popup/device";
import { onPress, setBusy } from "./popup/buttons";
import { identifyOpener, FatalError } from "./popup/handshake";
import { type PopupModules, readInteraction } from "./popup/interaction";
import type { SignedIn } from "./popup/new_account";
import type { OlderPasskey } from "./popup/recovery";
import { fill, setStatus, show, toggle } from "./popup/screen";
import { t } from "./popup/text";

type Step = () => Promise<void>;

const onPrompt = () => setStatus(t("prompt"));
const interaction = readInteraction();
const modules: PopupModules = { post, sendJSON, readJSON, responseDetail, RefusedError, runCeremony, finishCeremony, onPrompt, interaction };
let embedOrigin: string | null = null;
let retry: Step = open;
/** The last passkey request and its kind, so that it can be repeated with another device. */
let lastRequest: { step: Step; kind: Kind } | null = null;
/** The consent screen offers to link the subject. */
let canLink = false;
/** The tenant can read this subject's notes until it is linked. */
let merges = false;
/** The last sign-in in this window. An account that was created here may still be empty. */
let signedIn: SignedIn | null = null;
let removing: OlderPasskey | null = null;

/** Runs one step of the sign-in. Shows any error together with the way to continue. */
async function run(step: Step): Promise<void> {
  setBusy(true);
  try {
    await step();
  } catch (error) {
    if (error instanceof FatalError) {
      end(error.heading, error.message);
      return;
    }
    const { message, next, otherDevice } = explainError(error);
    if (next === "stop") {
      end(t("cannotContinue"), message);
    } else if (next === "retry") {
      retry = step;
      fill("trouble", message);
      const offersOtherDevice = otherDevice === true && lastRequest?.step === step;
      toggle("#elsewhere-device", offersOtherDevice);
      toggle("#recover-instead", offersOtherDevice && lastRequest?.kind === "login");
      show("trouble");
    } else {
      if (next === "choose") interaction.displayName = "";
      start();
      setStatus(message);
    }
  }
}

async function open(): Promise<void> {
  if (!supportsPasskeys()) throw new FatalError(t("noPasskeys").slice(0, -1), t("otherBrowser"));
  if (!cookiesEnabled()) throw new FatalError(t("noCookies").slice(0, -1), t("allowCookies"));
  if (interaction.responseMode === "web_message") embedOrigin = await identifyOpener(interaction);
  start();
}

function start(): void {
  fill("name", interaction.displayName);
  show(interaction.displayName ? "resume" : "offer");
}

function authenticate(kind: Kind, hints: string[] = [], body = {}): Step {
  const step = async () => {
    lastRequest = { step, kind };
    setStatus(t("wait"));
    await run(finish(await runCeremony(kind, onPrompt, body, hints)));
  };
  return step;
}

function finish(proof: CeremonyResult): Step {
  return async () => {
    setStatus(t("checking"));
    const usedBefore = accountUsed();
    const account = await finishCeremony(proof);
    interaction.displayName = account.displayName;
    signedIn = { proof, account, usedBefore };
    fill("name", interaction.displayName);
    if (proof.kind === "login" && (await shouldOfferPasskey(proof))) show("device");
    else await run(choose("continue"));
  };
}

/** Asks for a recovery code. The field also offers passkeys that the browser knows. */
function showLost(): void {
  show("lost");
  void withExtras(async ({ offerPasskeys }) => {
    const proof = await offerPasskeys(runCeremony);
    if (proof) await run(finish(proof));
  });
}

async function addDevice(): Promise<void> {
  setStatus(t("wait"));
  try {
    await (await loadExtras()).addPasskeyHere(modules, signedIn!);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    show("device"); // optional: the sign-in continues without it
    setStatus(explainError(error).message);
    return;
  }
  void signalAccount();
  await run(choose("continue"));
}

async function recoverPasskey(): Promise<void> {
  setStatus(t("wait"));
  try {
    interaction.displayName = await (await loadExtras()).recover(modules, document.querySelector<HTMLInputElement>("#code")!.value.trim());
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === "recovery_refused")) throw error;
    showLost();
    setStatus(explainError(error).message);
    document.getElementById("code")!.focus();
    return;
  }
  await showRecovered();
}

/** Shows the recovered account with its older passkeys. */
async function showRecovered(): Promise<void> {
  const older = await (await loadExtras()).olderPasskeys(modules);
  document.getElementById("passkeys")!.replaceChildren(...older.map(row));
  toggle("#older, #passkeys", older.length > 0);
  show("recovered");
}

function row(passkey: OlderPasskey): HTMLElement {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = passkey.label;
  const button = document.createElement("button");
  button.className = "danger";
  button.textContent = t("remove");
  button.ariaLabel = t("removeNamed", { passkey: passkey.name });
  onPress(button, () => {
    removing = passkey;
    fill("passkey", passkey.name);
    show("remove");
  });
  item.append(name, button);
  return item;
}

async function removeOlder(): Promise<void> {
  setStatus(t("wait"));
  const kept = await (await loadExtras()).removePasskey(modules, removing!.id);
  await showRecovered();
  setStatus(kept || t("removed", { passkey: removing!.name }));
}

/** Runs something of the extras. If it fails, the sign-in goes on without it. */
function withExtras(act: (extras: typeof import("./extras")) => Promise<void>): Promise<void> {
  return loadExtras().then(act).catch(() => {});
}

/** Deletes the account that was created in this window, so that no empty one is left behind. */
async function discardCreated(): Promise<void> {
  const account = signedIn;
  signedIn = null;
  if (account?.proof.kind === "registration") await withExtras((extras) => extras.discardAccount(modules, account));
}

async function useOther(): Promise<void> {
  await discardCreated();
  show("offer");
}

function choose(decision: Decision): Step {
  return async () => {
    setStatus(t(decision === "deny" ? "closing" : "opening"));
    const outcome = await decide(interaction, embedOrigin, decision);
    if (decision === "deny") await discardCreated();
    if (END_TO_END && outcome.content_key) await withExtras((extras) => extras.addKey(modules, signedIn, outcome));
    if (outcome.next === "consent" || outcome.next === "link") {
      const { subject } = outcome;
      canLink = Boolean(subject);
      merges = outcome.merges === true; // these notes always come along, so that nobody loses sight of them
      fill("subject", subject?.label ?? "");
      toggle(".merges", merges);
      toggle("#choice", canLink && !merges);
      show(outcome.next);
    } else if (outcome.next === "linked_elsewhere") {
      fill("subject", outcome.subject.label);
      show("elsewhere");
    } else if (outcome.next === "redirect") {
      location.replace(outcome.location);
    } else {
      respond(interaction, outcome.response);
      end(t("done"), t("canClose"));
      window.close();
    }
  };
}

/** Returns the decision of Allow. */
function allow(): Decision {
  if (!canLink) return "allow";
  return merges || document.querySelector<HTMLInputElement>("#with-link")!.checked ? "link" : "not_now";
}

function end(heading: string, message: string): void {
  fill("heading", heading);
  fill("end", message);
  show("end");
}

onPress("sign-in", () => void run(authenticate("login")));
onPress("create", () => {
  if (accountUsed()) show("second");
  else void run(authenticate("registration"));
});
onPress("sign-in-instead", () => void run(authenticate("login")));
onPress("create-second", () => void run(authenticate("registration", [], { second: true })));
onPress("lost-instead", showLost);
onPress("lost-passkey", showLost);
onPress("not-lost", () => show("offer"));
onPress("recover", () => void run(recoverPasskey));
onPress("remove-it", () => void run(removeOlder));
onPress("keep-it", () => show("recovered"));
onPress("add-here", () => void run(addDevice));
onPress("not-here", () => {
  declinePasskeyHere();
  void run(choose("continue"));
});
onPress("on", () => void run(choose("continue")));
onPress("continue", () => void run(choose("continue")));
onPress("other", () => void run(useOther));
onPress("not-this", () => void run(useOther));
onPress("allow", () => void run(choose(allow())));
onPress("deny", () => void run(choose("deny")));
onPress("link-subject", () => void run(choose("link")));
onPress("not-now", () => void run(choose(merges ? "deny" : "not_now"))); // an account without those notes would seem empty
onPress("go-on", () => void run(choose("not_now")));
onPress("retry", () => void run(retry));
onPress("elsewhere-device", () => void run(authenticate(lastRequest!.kind, ["hybrid", "security-key"])));
onPress("recover-instead", showLost);
onPress("back", start);
onPress("close", () => window.close());

document.getElementById("recovery")!.addEventListener("submit", (event) => event.preventDefault());

void run(open);
