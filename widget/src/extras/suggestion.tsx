// What is suggested after a note was created, in a line with a link to the person's account.
import type { Notebook } from "../notebook";
import { accountURL, h, t } from "../shared";

/** What TypeScript does not know yet (WebAuthn L3 §5.1.7). */
interface Capabilities {
  getClientCapabilities?(): Promise<Record<string, boolean>>;
}

/** For which the server was asked last whether one passkey is the only way into the account. */
let asked: Notebook | undefined;

/**
 * Suggests end-to-end encryption after the first note, in a browser in which a passkey can give a key. After the third one, or the
 * first one in a later session, it says that only one passkey opens the account, as long as that is so. An encrypted account has recovery codes.
 */
export async function suggest(notebook: Notebook): Promise<void> {
  const { banner, notes, viewer } = notebook;
  if (viewer?.vouched !== false || banner) return;
  const show = (text: "encryption" | "onePasskey", page?: string) => notebook.showToast(<a href={accountURL(page)} target="_blank">{t(text)}</a>);
  if (END_TO_END && !notes[1]) {
    const capabilities = await (window.PublicKeyCredential as Capabilities | undefined)?.getClientCapabilities?.();
    if (capabilities?.["extension:prf"]) show("encryption", "/encryption");
  } else if (notes[2] && asked !== notebook) {
    asked = notebook;
    const answer = await notebook.request<{ viewer: { onlyOnePasskey: boolean } }>("Suggestion", {});
    if (answer.viewer.onlyOnePasskey) show("onePasskey");
  }
}
