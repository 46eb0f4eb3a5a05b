/** Stands where a single lost device would close the account for good, until it wouldn't. */
export function Invitation({ passkeys }: { passkeys: number }) {
  if (passkeys > 1) return null;
  return (
    <div class="invitation">
      <p>
        <strong>One passkey is all that opens your account.</strong> If you lose it, your notes may be lost with it: nobody can look into them for you. Add a second
        passkey on another device.
      </p>
      <div class="acts">
        {location.pathname !== "/account/passkeys" && (
          <a class="button" href="/account/passkeys">
            Add a second passkey
          </a>
        )}
      </div>
    </div>
  );
}
