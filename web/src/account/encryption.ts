// What the account page loads for a person who has turned end-to-end encryption on or looks at that page, and to make recovery codes.
export { addWrappedPasskey } from "../encryption/add_passkey";
export { exportAccount } from "../encryption/export";
export { makeRecoveryCodes } from "../encryption/recovery_codes";
export { loadTexts } from "../encryption/text";
export { EncryptionPage } from "./encryption_page";
export { Sealed } from "./sealed";
