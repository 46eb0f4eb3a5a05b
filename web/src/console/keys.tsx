import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Choice, Field } from "../part/field";
import { Moment } from "../part/moment";
import { Row, Rows } from "../part/rows";
import { Section } from "../part/section";
import { Answered, Empty } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { Value } from "../part/value";
import { Code, Secret } from "./code";
import { ADD_ASSERTION_KEY, ASSERTION_KEYS, REVOKE_ASSERTION_KEY, type AssertionKey, type KeyKind } from "./documents";
import type { Inside } from "./inside";
import { environment, samples, type Signing } from "./samples";
import { Tester } from "./tester";

const kinds: Record<KeyKind, string> = { SHARED_SECRET: "Shared secret", PUBLIC_JWK: "Public key", JWKS_URL: "Key set" };

/** The keys that verify the tenant's assertions. */
export function AssertionKeys({ tenant, admin }: Inside) {
  const answer = useAnswer(ASSERTION_KEYS, { tenant });
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
      <Answered answer={answer}>
        {({ tenant: { assertionKeys } }) => {
          const live = assertionKeys.filter((key) => !key.revokedAt);
          return (
            <>
              {live.length === 0 ? (
                <Empty heading="No assertion keys yet.">
                  <p>The quickest way is a shared secret: create one here and add it to your backend. It takes one button and one line of configuration.</p>
                </Empty>
              ) : (
                <Rows label="Active keys">
                  {live.map((key) => (
                    <AssertionKeyCard key={key.id} tenant={tenant} admin={admin} of={key} reload={answer.reload} onSecret={setSecret} />
                  ))}
                </Rows>
              )}
              {admin && <Add tenant={tenant} reload={answer.reload} onSecret={setSecret} />}
              <Samples tenant={tenant} secret={secret} keys={live} />
              <Tester tenant={tenant} />
              {live.length < assertionKeys.length && (
                <Section heading="Revoked keys">
                  <Rows label="Revoked keys">
                    {assertionKeys.filter((key) => key.revokedAt).map((key) => (
                      <AssertionKeyCard key={key.id} tenant={tenant} admin={false} of={key} reload={answer.reload} onSecret={setSecret} />
                    ))}
                  </Rows>
                </Section>
              )}
            </>
          );
        }}
      </Answered>
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
  const act = useAct();
  const name = [kinds[of.kind], of.kid].filter(Boolean).join(" ");
  const revoke = async () => {
    const yes = await sure({ heading: `Revoke ${name}?`, text: "Assertions that it signed are refused from now on, and sessions that only they opened end. Make sure that your backend signs with another key.", act: "Revoke" });
    if (!yes) return;
    await ask(REVOKE_ASSERTION_KEY, { tenant, id: of.id });
    await reload();
    say(`${name} was revoked`);
    focusHeading();
  };
  const rotate = async () => {
    const { addAssertionKey } = await ask(ADD_ASSERTION_KEY, { input: { tenant, kind: "SHARED_SECRET" } });
    onSecret(addAssertionKey.secret ?? "");
    await reload();
    say("Both secrets are now accepted. Deploy the new one, then revoke the old one.");
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
          <span>
            Added <Moment at={of.createdAt} />
          </span>
          <span>{of.lastUsedAt ? <>Last used <Moment at={of.lastUsedAt} /></> : "Never used"}</span>
          {of.revokedAt && (
            <span>
              Revoked <Moment at={of.revokedAt} />
            </span>
          )}
        </>
      }
      acts={
        admin && (
          <>
            {of.kind === "SHARED_SECRET" && (
              <Button label={`Rotate ${name}`} busy={act.busy} onClick={() => void act.run(rotate)}>
                Rotate
              </Button>
            )}
            <Button label={`Revoke ${name}`} busy={act.busy} onClick={() => void act.run(revoke)}>
              Revoke
            </Button>
          </>
        )
      }
    >
      <Trouble text={act.trouble} />
    </Row>
  );
}

function Add({ tenant, reload, onSecret }: { tenant: string; reload: () => Promise<void>; onSecret: (secret: string) => void }) {
  const act = useAct();
  const [kind, setKind] = useState<KeyKind>("SHARED_SECRET");
  const [text, setText] = useState("");
  const add = async () => {
    const given = text.trim();
    const more = kind === "PUBLIC_JWK" ? { publicJwk: given } : kind === "JWKS_URL" ? { jwksUrl: given } : given ? { sharedSecret: given } : {};
    const { addAssertionKey } = await ask(ADD_ASSERTION_KEY, { input: { tenant, kind, ...more } });
    setText("");
    onSecret(addAssertionKey.secret ?? "");
    await reload();
    say("Added");
    if (addAssertionKey.secret) focusHeading();
  };
  const typed = { value: text, error: act.trouble, autocomplete: "off", onInput: (value: string) => { setText(value); act.clear(); } };
  return (
    <Section heading="Add a key">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(add);
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
            act.clear();
          }}
        />
        {kind === "SHARED_SECRET" && <Field label="Secret" code hint="Leave it empty to generate one. Two can be active at once, so you can replace one without a gap." {...typed} />}
        {kind === "PUBLIC_JWK" && <Field label="Public key as JWK" code rows={6} hint="JSON with an alg, and ideally a kid. A private key is refused." {...typed} />}
        {kind === "JWKS_URL" && <Field label="URL of the key set" code placeholder="https://www.your.example/.well-known/jwks.json" hint="It must use https, be publicly reachable and have at most 20 keys." {...typed} />}
        <div class="acts more">
          <Button kind="first" type="submit" busy={act.busy}>
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
          <Value text={tenant} of="issuer" />
        </dd>
        <dt>aud, the audience</dt>
        <dd>
          <Value text={location.origin} of="audience" />
        </dd>
        <dt>Our public keys, for encryption</dt>
        <dd>
          <Value text={location.origin + "/.well-known/jwks.json"} of="address of our keys" />
        </dd>
      </dl>
    </Section>
  );
}
