// What is suggested after a note was created, in a line with a link to the person's account.
import type { Notebook } from "../notebook";
import { accountURL, h, t } from "../shared";

/** What TypeScript does not know yet (WebAuthn L3 §5.1.7). */
interface Capabilities {
  getClientCapabilities?(): Promise<Record<string, boolean>>;
}

/** Suggests end-to-end encryption after the first note, in a browser in which a passkey can give a key. */
export async function suggest(notebook: Notebook): Promise<void> {
  const { banner, notes, viewer } = notebook;
  if (!END_TO_END || viewer?.vouched !== false || banner || notes[1]) return;
  const capabilities = await (window.PublicKeyCredential as Capabilities | undefined)?.getClientCapabilities?.();
  if (capabilities?.["extension:prf"]) notebook.showToast(<a href={accountURL("/encryption")} target="_blank">{t("encryption")}</a>);
}
