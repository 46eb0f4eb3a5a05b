import { useState } from "preact/hooks";
import { request } from "../graphql/request";
import { focusHeading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Checkbox, Field } from "../component/field";
import { Section } from "../component/section";
import { showToast } from "../component/toast";
import { ADD_WEBHOOK } from "./documents";

const events = {
  "identity.linked": "When a visitor links their account at your site.",
  "identity.unlinked": "When a visitor unlinks it, or deletes their account with us.",
  "identity.erased": "When your backend or the operator erases a visitor.",
  "key.expiring": "When one of your key sets can’t be fetched, so its keys stop working soon.",
  "tenant.suspended": "When the operator turns your widget off.",
  "usage.month_closed": "When a month’s usage is final.",
};

/** The form that adds a webhook. */
export function AddWebhook({ tenant, reload, onSecret }: { tenant: string; reload: () => Promise<void>; onSecret: (secret: string) => void }) {
  const action = useAction();
  const [url, setURL] = useState("");
  const [chosen, setChosen] = useState(Object.keys(events));
  const add = async () => {
    const { addWebhook } = await request(ADD_WEBHOOK, { input: { tenant, url: url.trim(), events: chosen } });
    setURL("");
    onSecret(addWebhook.secret);
    await reload();
    showToast("Added");
    focusHeading();
  };
  return (
    <Section heading="Add a webhook">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(add);
        }}
      >
        <Field
          label="URL"
          code
          value={url}
          placeholder="https://www.your.example/webhooks"
          hint="It must use https and be publicly reachable."
          autocomplete="off"
          error={action.error}
          onInput={(value) => {
            setURL(value);
            action.clear();
          }}
        />
        <fieldset>
          <legend>Events that your backend receives</legend>
          {Object.entries(events).map(([event, meaning]) => (
            <Checkbox
              key={event}
              label={event}
              hint={meaning}
              checked={chosen.includes(event)}
              onChange={(yes) => setChosen((before) => (yes ? [...before, event] : before.filter((other) => other !== event)))}
            />
          ))}
        </fieldset>
        <div class="acts more">
          <Button kind="first" type="submit" busy={action.busy}>
            Add webhook
          </Button>
        </div>
      </form>
    </Section>
  );
}
