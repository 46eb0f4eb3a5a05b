/** Stands where a single lost device would close the account for good, until it wouldn't. */
export function Invitation({ passkeys, codes }: { passkeys: number; codes: number }) {
  if (passkeys > 1 || codes > 0) return null;
  return (
    <div class="invitation">
      <p>
        <strong>One passkey is all that opens your account.</strong> If you lose it, your notes may be lost with it: no e-mail, no password and no site opens them. Add a second
        passkey on another device, or keep recovery codes.
      </p>
      <div class="acts">
        {location.pathname !== "/account/passkeys" && (
          <a class="button" href="/account/passkeys">
            Add a second passkey
          </a>
        )}
        <a class="button" href="/account/recovery">
          Get recovery codes
        </a>
      </div>
    </div>
  );
}
