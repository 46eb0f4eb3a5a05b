// The account pages, where a person manages notes, passkeys, sessions and the account.
import type { ComponentChildren } from "preact";
import { useChangeStream } from "./account/changes";
import { Activity } from "./account/activity";
import { Data } from "./account/data";
import { VIEWER, type Viewer } from "./account/documents";
import { NotePage } from "./account/editor";
import { Notes } from "./account/notes";
import { Overview } from "./account/overview";
import { Passkeys } from "./account/passkeys";
import { Recovery } from "./account/recovery";
import { Sessions } from "./account/sessions";
import { Sites } from "./account/sites";
import { t } from "./account/text";
import { loadEncryption } from "./account/load_encryption";
import { useQuery } from "./graphql/query";
import { Heading } from "./page/heading";
import { Lazy } from "./page/lazy";
import { LoadingPage, Page } from "./page/page";
import { usePath } from "./page/navigation";
import { start } from "./page/start";
import { Empty } from "./component/state";
import { SignedInAs } from "./session/sign_out";

const pages = [
  { path: "/account", name: t("overview") },
  { path: "/account/notes", name: t("notes") },
  { path: "/account/passkeys", name: t("passkeys") },
  { path: "/account/recovery", name: t("recoveryCodes") },
  { path: "/account/encryption", name: t("encryption") },
  { path: "/account/sessions", name: t("sessions") },
  { path: "/account/sites", name: t("sites") },
  { path: "/account/activity", name: t("activity") },
  { path: "/account/data", name: t("data") },
];

function Account() {
  const query = useQuery(VIEWER);
  const [page = "", id] = usePath("/account");
  useChangeStream(query.data !== null);
  if (!query.data) return <LoadingPage query={query} name={t("yourAccount")} />;
  const { viewer } = query.data;
  return (
    <Page label={t("yourAccount")} pages={pages} current={page ? "/account/" + page : "/account"} account={<SignedInAs name={viewer.displayName} />}>
      {viewer.sealing === "SERVER" ? (
        renderPage(page, id, viewer, query.reload)
      ) : (
        <Lazy load={async () => (await loadEncryption()).Sealed} props={{ children: renderPage(page, id, viewer, query.reload) }} />
      )}
    </Page>
  );
}

function renderPage(page: string, id: string | undefined, viewer: Viewer, reload: () => Promise<void>): ComponentChildren {
  switch (page) {
    case "":
      return <Overview key="overview" viewer={viewer} reload={reload} />;
    case "notes":
      return id && id !== "trash" ? <NotePage key={id} id={id} /> : <Notes key={id ?? "notes"} trashed={id === "trash"} />;
    case "passkeys":
      return <Passkeys key="passkeys" sealed={viewer.sealing !== "SERVER"} />;
    case "recovery":
      return <Recovery key="recovery" sealed={viewer.sealing !== "SERVER"} />;
    case "encryption":
      return <Lazy key="encryption" load={loadEncryptionPage} props={{}} />;
    case "sessions":
      return <Sessions key="sessions" />;
    case "sites":
      return <Sites key="sites" />;
    case "activity":
      return <Activity key="activity" />;
    case "data":
      return <Data key="data" viewer={viewer} />;
    default:
      return (
        <>
          <Heading text={t("pageNotFound")} />
          <Empty heading={t("noPage")}>
            <a href="/account">{t("overview")}</a>
          </Empty>
        </>
      );
  }
}

async function loadEncryptionPage() {
  const { EncryptionPage, loadTexts } = await loadEncryption();
  await loadTexts();
  return EncryptionPage;
}

start(t("accountIntro"), <Account />);
