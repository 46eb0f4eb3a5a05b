import { CopyableText } from "../component/copy";
import { t } from "../page/text";

/** Shown if the browser has no passkeys: what to do instead. `link`: the person opened a one-time link. */
export function Unsupported({ link = false }: { link?: boolean }) {
  return (
    <>
      <p>
        <strong>{t("noPasskeys")}</strong>{" "}
        {t(link ? "openLinkElsewhere" : "openPageElsewhere")}
      </p>
      {!link && (
        <p>
          <CopyableText text={location.href} of={t("pageAddress")} />
        </p>
      )}
    </>
  );
}
