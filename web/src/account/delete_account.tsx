import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { recodeRefusal, RefusedError } from "../http/post";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Checkbox, Field } from "../component/field";
import { Dialog } from "../component/dialog";
import { Section } from "../component/section";
import { QueryResult, ErrorMessage } from "../component/state";
import { acceptedPasskeys, sendSignals } from "../passkey/signal";
import { forgetAccountUsed } from "../passkey/used_account";
import { reloadSignedOut } from "../session/notice";
import { DELETE_ACCOUNT, OWNED } from "./documents";
import type { Site } from "./note";
import { rich, t } from "./text";

/** Deletes the account. It first shows the tenants that only this account owns. */
export function DeleteAccount() {
  const query = useQuery(OWNED);
  const [asking, setAsking] = useState(false);
  return (
    <Section
      heading={t("deleteHeading")}
      about={t("deleteAbout")}
    >
      <QueryResult query={query}>
        {({ viewer }) => {
          const owned = viewer.tenants.filter(({ onlyOwner }) => onlyOwner).map(({ tenant }) => tenant);
          return (
            <>
              {owned.length > 0 && <Owned tenants={owned} />}
              <div class="acts more">
                <Button kind="danger" onClick={() => setAsking(true)}>
                  {t("deleteAccount")}
                </Button>
              </div>
              {asking && <DeleteDialog owned={owned} reload={query.reload} onClose={() => setAsking(false)} />}
            </>
          );
        }}
      </QueryResult>
    </Section>
  );
}

/** The tenants that would lose their last owner with the account. */
function Owned({ tenants }: { tenants: Site[] }) {
  return (
    <>
      <p>{t("onlyOwner", { count: tenants.length })}</p>
      <ul class="plain-list">
        {tenants.map(({ id, name }) => (
          <li key={id}>
            <a href={`/console/${id}/members`}>
              {rich("membersOf", { name: <bdi>{name}</bdi> })}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function DeleteDialog({ owned, reload, onClose }: { owned: Site[]; reload: () => Promise<void>; onClose: () => void }) {
  const action = useAction();
  const word = t("deleteWord");
  const [typed, setTyped] = useState("");
  const [left, setLeft] = useState(false);
  const [wrong, setWrong] = useState<"" | "left" | "word">("");
  const end = async () => {
    const fault = owned.length > 0 && !left ? "left" : typed.trim().toLowerCase() !== word ? "word" : "";
    setWrong(fault);
    if (fault) return;
    await action.run(async () => {
      const last = await acceptedPasskeys();
      try {
        await request(DELETE_ACCOUNT, { leave: owned.map(({ id }) => id) });
      } catch (error) {
        if (error instanceof RefusedError && error.code === "CONFLICT") await reload(); // another owner has left in the meantime
        recodeRefusal("CONFLICT", "owners_changed")(error);
      }
      await sendSignals(last && { ...last, allAcceptedCredentialIds: [] });
      forgetAccountUsed();
      reloadSignedOut("deleted");
    });
  };
  return (
    <Dialog heading={t("deleteAsk")} onClose={onClose}>
      <p>{t("deleteMeans")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void end();
        }}
      >
        {owned.length > 0 && (
          <>
            <Owned tenants={owned} />
            <Checkbox
              label={t("leave", { count: owned.length })}
              hint={t("leaveMeans")}
              checked={left}
              error={wrong === "left" ? t("leaveFirst") : ""}
              onChange={(ticked) => {
                setLeft(ticked);
                setWrong("");
              }}
            />
          </>
        )}
        <Field
          label={t("typeWord", { word })}
          value={typed}
          autocomplete="off"
          code
          error={wrong === "word" ? t("typeWordError", { word }) : ""}
          onInput={(value) => {
            setTyped(value);
            setWrong("");
          }}
        />
        <ErrorMessage text={action.error} />
        <div class="acts">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="danger" type="submit" busy={action.busy}>
            {t("deleteForever")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
