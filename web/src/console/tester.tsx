import { useState } from "preact/hooks";
import { ask } from "../graphql/ask";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Field } from "../part/field";
import { Section } from "../part/section";
import { TEST_ASSERTION, type Report } from "./documents";

/** The assertion tester: it shows which check fails, and how to fix it. It doesn't use the assertion up. */
export function Tester({ tenant }: { tenant: string }) {
  const act = useAct();
  const [assertion, setAssertion] = useState("");
  const [report, setReport] = useState<Report | null>(null);
  const test = async () => setReport((await ask(TEST_ASSERTION, { tenant, assertion: assertion.trim() })).testAssertion);
  return (
    <Section heading="Assertion tester" about="Paste an assertion from your backend. It is checked like a visitor’s, but not used up.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(test);
        }}
      >
        <Field
          label="Assertion"
          code
          rows={4}
          value={assertion}
          placeholder="eyJhbGciOi…"
          error={act.trouble}
          onInput={(value) => {
            setAssertion(value);
            setReport(null);
            act.clear();
          }}
        />
        <div class="acts more">
          <Button type="submit" busy={act.busy}>
            Test assertion
          </Button>
        </div>
      </form>
      <div role="status">
        {report && (
          <>
            <p>
              <strong>{report.ok ? "It would be accepted now." : "It would be refused."}</strong>
            </p>
            <Checks checks={report.checks} />
          </>
        )}
      </div>
    </Section>
  );
}

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** A list of checks with their results. */
export function Checks({ checks }: { checks: Check[] }) {
  return (
    <ul class="checks">
      {checks.map(({ name, ok, detail }) => (
        <li key={name} data-ok={ok}>
          <strong>
            <span class="unseen">{ok ? "Passed: " : "Failed: "}</span>
            {name}
          </strong>{" "}
          {detail}
        </li>
      ))}
    </ul>
  );
}
