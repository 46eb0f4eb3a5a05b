import { useState } from "preact/hooks";
import { request } from "../graphql/request";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { Section } from "../component/section";
import { Checks } from "./checks";
import { TEST_ASSERTION, type Report } from "./documents";

/** The assertion tester: it shows which check fails, and how to fix it. It doesn't use the assertion up. */
export function Tester({ tenant }: { tenant: string }) {
  const action = useAction();
  const [assertion, setAssertion] = useState("");
  const [report, setReport] = useState<Report | null>(null);
  const test = async () => setReport((await request(TEST_ASSERTION, { tenant, assertion: assertion.trim() })).testAssertion);
  return (
    <Section heading="Assertion tester" about="Paste an assertion from your backend. It is checked like a visitor’s, but not used up.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(test);
        }}
      >
        <Field
          label="Assertion"
          code
          rows={4}
          value={assertion}
          placeholder="eyJhbGciOi…"
          error={action.error}
          onInput={(value) => {
            setAssertion(value);
            setReport(null);
            action.clear();
          }}
        />
        <div class="acts more">
          <Button type="submit" busy={action.busy}>
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
