import { Value } from "../part/value";

/** In the place of passkeys where the browser has none: what to do instead. `link`: somebody came by one that works once. */
export function Unsupported({ link = false }: { link?: boolean }) {
  return (
    <>
      <p>
        <strong>This browser can’t use passkeys.</strong>{" "}
        {link
          ? "Open the link again in a current version of Chrome, Edge, Firefox or Safari. It is not used up."
          : "Update it, or open this address in a current version of Chrome, Edge, Firefox or Safari."}
      </p>
      {!link && (
        <p>
          <Value text={location.href} of="address of this page" />
        </p>
      )}
    </>
  );
}
