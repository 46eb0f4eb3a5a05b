import { Refused } from "./http/post";
import { cookiesNeeded, finish, keepsCookies, type Kind, prove, supported } from "./passkey/ceremony";
import { signal } from "./passkey/signal";
import { explain } from "./passkey/trouble";
import { decide, type Decision, respond } from "./popup/decision";
import { addHere, lacksPasskey, wantNoneHere } from "./popup/device";
import { onPress, setBusy } from "./popup/guard";
import { shakeHands, Stop } from "./popup/handshake";
import { readInteraction } from "./popup/interaction";
import { olderPasskeys, recover, removePasskey, typedCode, type Older } from "./popup/recovery";
import { fill, say, show } from "./popup/screen";

type Step = () => Promise<void>;

const interaction = readInteraction();
let embedOrigin: string | null = null;
let retry: Step = open;
/** The last passkey request and its kind, so that it can be repeated with another device. */
let asked: { step: Step; kind: Kind } | null = null;
let removing: Older | null = null;
const prompting = () => say("Your device is asking for your fingerprint, face or screen lock.");

/** Runs one step of the sign-in. Shows any error together with the way to continue. */
async function run(step: Step): Promise<void> {
  setBusy(true);
  try {
    await step();
  } catch (error) {
    if (error instanceof Stop) {
      end(error.heading, error.message);
      return;
    }
    const { message, way, elsewhere } = explain(error);
    if (way === "stop") {
      end("This sign-in can’t continue", message);
    } else if (way === "retry") {
      retry = step;
      fill("trouble", message);
      const other = elsewhere && asked?.step === step;
      document.getElementById("elsewhere-device")!.hidden = !other;
      document.getElementById("recover-instead")!.hidden = !other || asked?.kind !== "login";
      show("trouble");
    } else {
      if (way === "choose") interaction.displayName = "";
      start();
      say(message);
    }
  }
}

async function open(): Promise<void> {
  if (!supported()) {
    throw new Stop(
      "This browser can’t use passkeys",
      "Continue in a current version of Chrome, Edge, Firefox or Safari.",
    );
  }
  if (!keepsCookies()) throw new Stop("This browser blocks cookies", cookiesNeeded);
  if (interaction.responseMode === "web_message") embedOrigin = await shakeHands(interaction);
  start();
}

function start(): void {
  fill("name", interaction.displayName);
  show(interaction.displayName ? "resume" : "offer");
}

function authenticate(kind: Kind, hints: string[] = []): Step {
  const step = async () => {
    asked = { step, kind };
    say("One moment…");
    const proof = await prove(kind, prompting, {}, hints);
    await run(async () => {
      say("Checking…");
      interaction.displayName = (await finish(proof)).displayName;
      fill("name", interaction.displayName);
      if (kind === "login" && (await lacksPasskey(proof))) show("device");
      else await run(choose("continue"));
    });
  };
  return step;
}

async function addDevice(): Promise<void> {
  say("One moment…");
  try {
    await addHere(prompting);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    show("device"); // optional: the sign-in continues without it
    say(error.message);
    return;
  }
  void signal();
  await run(choose("continue"));
}

async function recoverPasskey(): Promise<void> {
  say("One moment…");
  try {
    interaction.displayName = await recover(typedCode(), prompting);
  } catch (error) {
    if (!(error instanceof Refused && error.code === "recovery_refused")) throw error;
    show("lost");
    say(error.message);
    document.getElementById("code")!.focus();
    return;
  }
  await showRecovered();
}

/** Shows the recovered account with its older passkeys. */
async function showRecovered(): Promise<void> {
  const older = await olderPasskeys();
  document.getElementById("passkeys")!.replaceChildren(...older.map(row));
  for (const id of ["older", "passkeys"]) document.getElementById(id)!.hidden = older.length === 0;
  show("recovered");
}

function row(passkey: Older): HTMLElement {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = `${passkey.name}, added ${new Date(passkey.createdAt).toLocaleDateString("en", { dateStyle: "medium" })}`;
  const button = document.createElement("button");
  button.className = "danger";
  button.textContent = "Remove";
  button.ariaLabel = `Remove ${passkey.name}`;
  onPress(button, () => {
    removing = passkey;
    fill("passkey", passkey.name);
    show("remove");
  });
  item.append(name, button);
  return item;
}

async function removeOlder(): Promise<void> {
  say("One moment…");
  await removePasskey(removing!.id, prompting);
  await showRecovered();
  say(`${removing!.name} was removed.`);
}

function choose(decision: Decision): Step {
  return async () => {
    say(decision === "deny" ? "Closing…" : "Opening your notes…");
    const outcome = await decide(interaction, embedOrigin, decision);
    if (outcome.next === "consent") {
      show("consent");
    } else if (outcome.next === "link") {
      fill("subject", outcome.subject.label);
      document.getElementById("merges")!.hidden = !outcome.merges;
      show("link");
    } else if (outcome.next === "linked_elsewhere") {
      fill("subject", outcome.subject.label);
      show("elsewhere");
    } else if (outcome.next === "redirect") {
      location.replace(outcome.location);
    } else {
      respond(interaction, outcome.response);
      end("All done", "You can close this window.");
      window.close();
    }
  };
}

function end(heading: string, message: string): void {
  fill("heading", heading);
  fill("end", message);
  show("end");
}

onPress("sign-in", () => void run(authenticate("login")));
onPress("create", () => void run(authenticate("registration")));
onPress("lost-passkey", () => show("lost"));
onPress("not-lost", () => show("offer"));
onPress("recover", () => void run(recoverPasskey));
onPress("remove-it", () => void run(removeOlder));
onPress("keep-it", () => show("recovered"));
onPress("add-here", () => void run(addDevice));
onPress("not-here", () => {
  wantNoneHere();
  void run(choose("continue"));
});
onPress("on", () => void run(choose("continue")));
onPress("continue", () => void run(choose("continue")));
onPress("other", () => show("offer"));
onPress("not-this", () => show("offer"));
onPress("allow", () => void run(choose("allow")));
onPress("deny", () => void run(choose("deny")));
onPress("link-subject", () => void run(choose("link")));
onPress("not-now", () => void run(choose("not_now")));
onPress("go-on", () => void run(choose("not_now")));
onPress("retry", () => void run(retry));
onPress("elsewhere-device", () => void run(authenticate(asked!.kind, ["hybrid", "security-key"])));
onPress("recover-instead", () => show("lost"));
onPress("back", start);
onPress("close", () => window.close());

document.getElementById("recovery")!.addEventListener("submit", (event) => event.preventDefault());

void run(open);
