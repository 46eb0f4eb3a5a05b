import { CopyableText } from "../component/copy";

/** Shown if the browser has no passkeys: what to do instead. `link`: the person opened a one-time link. */
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
          <CopyableText text={location.href} of="address of this page" />
        </p>
      )}
    </>
  );
}
