// What the popup passes to the modules that it loads later (extras.ts).
import type { Account, CeremonyResult, Kind } from "../passkey/ceremony_result";
import type { Interaction } from "./interaction";

/** What the popup passes to its extras, which are a bundle of their own: the popup would not recognize errors of another copy of RefusedError. */
export interface PopupModules extends Pick<typeof import("../http/post"), "post" | "sendJSON" | "readJSON" | "responseDetail" | "RefusedError"> {
  runCeremony(kind: Kind, onPrompt: () => void, body?: object): Promise<CeremonyResult>;
  finishCeremony(result: CeremonyResult): Promise<Account>;
  onPrompt(): void;
  interaction: Interaction;
}
