/** A warning while the loss of one device would lock the person out. */
export function LockoutWarning({ passkeys, codes }: { passkeys: number; codes: number }) {
  if (passkeys > 1 || codes > 0) return null;
  return (
    <div class="invitation">
      <p>
        <strong>Only one passkey opens your account.</strong> If you lose it, you may lose your notes: no email, password or site can open them. Add a second passkey
        on another device, or get recovery codes.
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
