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
          <div>
            <strong>
              <span class="unseen">{ok ? "Passed: " : "Failed: "}</span>
              {name}
            </strong>
            <span>{detail}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
