// What the popup and the account pages need seldom, and load then (page/extras.ts): end-to-end encryption, recovery codes, and passkeys
// in browsers that lack WebAuthn's JSON methods.
export { addKey } from "./encryption/frame_key";
export { finishRecovery, recoveryProof } from "./encryption/recovery";
export { unlock } from "./encryption/unlock";
export { offerPasskeys } from "./passkey/autofill";
export * from "./passkey/json_by_hand";
export { addPasskeyHere } from "./popup/added_passkey";
export * from "./popup/new_account";
export * from "./popup/recovery";
