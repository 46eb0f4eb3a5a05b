import { useRef, useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { Rows } from "../component/rows";
import { Section } from "../component/section";
import { QueryResult } from "../component/state";
import { Secret } from "../component/copy";
import { ASSERTION_KEYS, SERVER_KEYS, WEBHOOKS, type AssertionKey, type ServerKey, type Webhook } from "./documents";
import { AssertionKeyCard } from "./assertion_keys";
import { ServerKeyCard } from "./server_keys";
import { WebhookCard } from "./webhooks";

/** Returns a filter that keeps the items of the first list, not their replacements. */
function useFirst<T extends { id: string }>() {
  const ids = useRef<Set<string> | null>(null);
  return (list: T[]) => {
    const first = (ids.current ??= new Set(list.map(({ id }) => id)));
    return list.filter(({ id }) => first.has(id));
  };
}

/** The active secrets that a removed member may know: all of them, since the member's role could see each one. */
export function ExposedSecrets({ tenant, name }: { tenant: string; name: string }) {
  const serverKeys = useQuery(SERVER_KEYS, { tenant });
  const assertionKeys = useQuery(ASSERTION_KEYS, { tenant });
  const webhooks = useQuery(WEBHOOKS, { tenant });
  const [secret, setSecret] = useState({ text: "", of: "" });
  const [rotated, setRotated] = useState<string[]>([]);
  const firstKeys = useFirst<ServerKey>();
  const firstSecrets = useFirst<AssertionKey>();
  const firstWebhooks = useFirst<Webhook>();
  return (
    <Section heading={`What ${name} may still know`} about="These secrets were active while this member could see them. Rotate each one: create a new one, add it to your backend, then revoke the old one. The audit log lists them too.">
      {secret.text && <Secret text={secret.text} of={secret.of} />}
      <QueryResult query={serverKeys}>
        {({ tenant: { serverKeys: active } }) => (
          <QueryResult query={assertionKeys}>
            {({ tenant: { assertionKeys: all } }) => (
              <QueryResult query={webhooks}>
                {({ tenant: { webhooks: signed } }) => {
                  const keys = firstKeys(active);
                  const secrets = firstSecrets(all.filter((key) => key.kind === "SHARED_SECRET" && !key.revokedAt));
                  const hooks = firstWebhooks(signed).filter(({ id }) => !rotated.includes(id));
                  if (keys.length + secrets.length + hooks.length === 0) return <p>Nothing is left to rotate.</p>;
                  return (
                    <Rows label="Secrets to rotate">
                      {keys.map((key) => (
                        <ServerKeyCard key={key.id} tenant={tenant} admin of={key} reload={serverKeys.reload} />
                      ))}
                      {secrets.map((key) => (
                        <AssertionKeyCard key={key.id} tenant={tenant} admin of={key} reload={assertionKeys.reload} onSecret={(text) => setSecret({ text, of: "shared secret" })} />
                      ))}
                      {hooks.map((webhook) => (
                        <WebhookCard
                          key={webhook.id}
                          tenant={tenant}
                          admin
                          of={webhook}
                          reload={webhooks.reload}
                          onSecret={(text) => {
                            setSecret({ text, of: "webhook secret" });
                            setRotated((before) => [...before, webhook.id]);
                          }}
                        />
                      ))}
                    </Rows>
                  );
                }}
              </QueryResult>
            )}
          </QueryResult>
        )}
      </QueryResult>
    </Section>
  );
}
