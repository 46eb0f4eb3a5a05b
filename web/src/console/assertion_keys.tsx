import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Choice, Field } from "../component/field";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { Section } from "../component/section";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { CopyableText, Code, Secret } from "../component/copy";
import { ADD_ASSERTION_KEY, ASSERTION_KEYS, REVOKE_ASSERTION_KEY, type AssertionKey, type KeyKind } from "./documents";
import type { TenantPageProps } from "./tenant_page";
import { environment, samples, type Signing } from "./snippets";
import { Tester } from "./assertion_tester";

const kinds: Record<KeyKind, string> = { SHARED_SECRET: "Shared secret", PUBLIC_JWK: "Public key", JWKS_URL: "Key set" };

/** The keys that verify the tenant's assertions. */
export function AssertionKeys({ tenant, admin }: TenantPageProps) {
  const query = useQuery(ASSERTION_KEYS, { tenant });
  const [secret, setSecret] = useState("");
  return (
    <>
      <Heading text="Assertion keys" />
      <p class="about">Your backend signs who the visitor is, and these keys verify it. Visitors without an assertion sign in with only a passkey, unless your policy requires an assertion.</p>
      {secret && (
        <Secret text={secret} of="shared secret">
          <p>Set it as ASIDE_SECRET in your backend. It is filled in below while you stay on this page.</p>
        </Secret>
      )}
      <QueryResult query={query}>
        {({ tenant: { assertionKeys } }) => {
          const active = assertionKeys.filter((key) => !key.revokedAt);
          return (
            <>
              {active.length === 0 ? (
                <Empty heading="No assertion keys yet.">
                  <p>The quickest way is a shared secret: create one here and add it to your backend. It takes one button and one line of configuration.</p>
                </Empty>
              ) : (
                <Rows label="Active keys">
                  {active.map((key) => (
                    <AssertionKeyCard key={key.id} tenant={tenant} admin={admin} of={key} reload={query.reload} onSecret={setSecret} />
                  ))}
                </Rows>
              )}
              {admin && <AddAssertionKey tenant={tenant} reload={query.reload} onSecret={setSecret} />}
              <Samples tenant={tenant} secret={secret} keys={active} />
              <Tester tenant={tenant} />
              {active.length < assertionKeys.length && (
                <Section heading="Revoked keys">
                  <Rows label="Revoked keys">
                    {assertionKeys.filter((key) => key.revokedAt).map((key) => (
                      <AssertionKeyCard key={key.id} tenant={tenant} admin={false} of={key} reload={query.reload} onSecret={setSecret} />
                    ))}
                  </Rows>
                </Section>
              )}
            </>
          );
        }}
      </QueryResult>
    </>
  );
}

interface CardProps {
  tenant: string;
  admin: boolean;
  of: AssertionKey;
  reload: () => Promise<void>;
  onSecret: (secret: string) => void;
}

/** An assertion key and its actions. */
export function AssertionKeyCard({ tenant, admin, of, reload, onSecret }: CardProps) {
  const action = useAction();
  const name = [kinds[of.kind], of.kid].filter(Boolean).join(" ");
  const revoke = async () => {
    const yes = await askConfirmation({ heading: `Revoke ${name}?`, text: "Assertions that it signed are refused from now on, and sessions that only they opened end. Make sure that your backend signs with another key.", button: "Revoke" });
    if (!yes) return;
    await request(REVOKE_ASSERTION_KEY, { tenant, id: of.id });
    await reload();
    showToast(`${name} was revoked`);
    focusHeading();
  };
  const rotate = async () => {
    const { addAssertionKey } = await request(ADD_ASSERTION_KEY, { input: { tenant, kind: "SHARED_SECRET" } });
    onSecret(addAssertionKey.secret ?? "");
    await reload();
    showToast("Both secrets are now accepted. Deploy the new one, then revoke the old one.");
    focusHeading();
  };
  return (
    <Row
      title={
        <>
          {kinds[of.kind]} {of.algorithm && <span class="mark">{of.algorithm}</span>}
        </>
      }
      facts={
        <>
          {of.kid && (
            <span>
              kid <code>{of.kid}</code>
            </span>
          )}
          {of.thumbprint && (
            <span>
              Thumbprint <code>{of.thumbprint}</code>
            </span>
          )}
          {of.jwksUrl && <code>{of.jwksUrl}</code>}
          {of.kind === "JWKS_URL" && (
            <span>{of.fetchedAt ? <>Last fetched <RelativeTime at={of.fetchedAt} /></> : "Not fetched yet"}</span>
          )}
          <span>
            Added <RelativeTime at={of.createdAt} />
          </span>
          <span>{of.lastUsedAt ? <>Last used <RelativeTime at={of.lastUsedAt} /></> : "Never used"}</span>
          {of.revokedAt && (
            <span>
              Revoked <RelativeTime at={of.revokedAt} />
            </span>
          )}
        </>
      }
      actions={
        admin && (
          <>
            {of.kind === "SHARED_SECRET" && (
              <Button label={`Rotate ${name}`} busy={action.busy} onClick={() => void action.run(rotate)}>
                Rotate
              </Button>
            )}
            <Button label={`Revoke ${name}`} busy={action.busy} onClick={() => void action.run(revoke)}>
              Revoke
            </Button>
          </>
        )
      }
    >
      {of.fetchError && <p class="trouble">At the last fetch, this key set {of.fetchError}.</p>}
      <ErrorMessage text={action.error} />
    </Row>
  );
}

function AddAssertionKey({ tenant, reload, onSecret }: { tenant: string; reload: () => Promise<void>; onSecret: (secret: string) => void }) {
  const action = useAction();
  const [kind, setKind] = useState<KeyKind>("SHARED_SECRET");
  const [text, setText] = useState("");
  const add = async () => {
    const value = text.trim();
    const more = kind === "PUBLIC_JWK" ? { publicJwk: value } : kind === "JWKS_URL" ? { jwksUrl: value } : value ? { sharedSecret: value } : {};
    const { addAssertionKey } = await request(ADD_ASSERTION_KEY, { input: { tenant, kind, ...more } });
    setText("");
    onSecret(addAssertionKey.secret ?? "");
    await reload();
    showToast("Added");
    if (addAssertionKey.secret) focusHeading();
  };
  const typed = { value: text, error: action.error, autocomplete: "off", onInput: (value: string) => { setText(value); action.clear(); } };
  return (
    <Section heading="Add a key">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(add);
        }}
      >
        <Choice
          label="Kind"
          value={kind}
          options={[
            { value: "SHARED_SECRET", label: "Shared secret: HS256, quickest" },
            { value: "PUBLIC_JWK", label: "Public key: ES256, EdDSA, RS256 or PS256" },
            { value: "JWKS_URL", label: "Key set: a URL where you rotate your keys" },
          ]}
          onChange={(value) => {
            setKind(value as KeyKind);
            setText("");
            action.clear();
          }}
        />
        {kind === "SHARED_SECRET" && <Field label="Secret" code hint="Leave it empty to generate one. Two can be active at once, so you can replace one without a gap." {...typed} />}
        {kind === "PUBLIC_JWK" && <Field label="Public key as JWK" code rows={6} hint="JSON with an alg, and ideally a kid. A private key is refused." {...typed} />}
        {kind === "JWKS_URL" && <Field label="URL of the key set" code placeholder="https://www.your.example/.well-known/jwks.json" hint="It must use https, be publicly reachable and have at most 20 keys." {...typed} />}
        <div class="acts more">
          <Button kind="first" type="submit" busy={action.busy}>
            {kind === "SHARED_SECRET" && !text ? "Create a shared secret" : "Add key"}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Samples({ tenant, secret, keys }: { tenant: string; secret: string; keys: AssertionKey[] }) {
  const first = keys[0];
  const [signing, setSigning] = useState<Signing | null>(null);
  const [language, setLanguage] = useState("Node");
  const by = signing ?? (first && first.kind !== "SHARED_SECRET" ? "key" : "secret");
  const sample = samples.find(({ name }) => name === language) ?? samples[0]!;
  const kid = keys.find((key) => key.kind !== "SHARED_SECRET" && key.kid)?.kid ?? "";
  return (
    <Section heading="Sign assertions in your backend" about="Copy it, and call it in one of your endpoints for the logged-in user.">
      <div class="pair">
        <Choice label="Language" value={language} options={samples.map(({ name }) => ({ value: name, label: name }))} onChange={setLanguage} />
        <Choice
          label="Signed with"
          value={by}
          options={[
            { value: "secret", label: "A shared secret" },
            { value: "key", label: "A private key" },
          ]}
          onChange={(value) => setSigning(value as Signing)}
        />
      </div>
      <p class="quiet">Environment</p>
      <Code of="environment" text={environment(by, tenant, secret, kid)} />
      <p class="quiet">{language}</p>
      <Code of={`${language} code`} text={sample.text[by]} />
      <p class="quiet">On your page</p>
      <Code
        of="page script"
        text={`document.querySelector("aside-notes").assertion = async ({ nonce }) =>\n  (await fetch("/aside-assertion?nonce=" + encodeURIComponent(nonce))).text();`}
      />
      <dl class="values">
        <dt>iss, the issuer</dt>
        <dd>
          <CopyableText text={tenant} of="issuer" />
        </dd>
        <dt>aud, the audience</dt>
        <dd>
          <CopyableText text={location.origin} of="audience" />
        </dd>
        <dt>Our public keys, for encryption</dt>
        <dd>
          <CopyableText text={location.origin + "/.well-known/jwks.json"} of="address of our keys" />
        </dd>
      </dl>
    </Section>
  );
}
