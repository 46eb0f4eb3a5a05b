// The explorer, which runs GraphQL operations on a server for development.
import { useEffect, useState } from "preact/hooks";
import { useAction } from "./component/action";
import { Button } from "./component/button";
import { Field } from "./component/field";
import { run, type Answer } from "./explorer/run";
import { SCHEMA, typeText, type Schema, type SchemaField } from "./explorer/schema";
import { operationFor } from "./explorer/template";
import { Heading } from "./page/heading";
import { Header } from "./page/page";
import { start } from "./page/start";

const first = "query Viewer {\n  viewer {\n    displayName\n    tenants {\n      role\n      tenant {\n        id\n        name\n      }\n    }\n  }\n}\n";

function Explorer() {
  const [query, setQuery] = useState(first);
  const [variables, setVariables] = useState("");
  const [invalid, setInvalid] = useState("");
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [schema, setSchema] = useState<Schema | null>(null);
  const running = useAction();
  const reading = useAction();
  useEffect(() => {
    void reading.run(async () => {
      const { body } = await run(SCHEMA, {});
      setSchema((body as { data: { __schema: Schema } }).data.__schema);
    });
  }, []);

  const send = () => {
    let values: unknown = {};
    try {
      if (variables.trim()) values = JSON.parse(variables);
    } catch {
      setInvalid("This isn’t JSON.");
      return;
    }
    setInvalid("");
    void running.run(async () => setAnswer(await run(query, values)));
  };
  const use = (kind: "query" | "mutation", field: SchemaField) => {
    const operation = operationFor(schema!, kind, field);
    setQuery(operation.query);
    setVariables(operation.variables);
    setAnswer(null);
    document.getElementById("operation")?.focus();
  };

  return (
    <>
      <Header>
        <a href="/console" target="_self">
          Console
        </a>
      </Header>
      <div class="page">
        <nav aria-label="Schema">
          <p class="quiet">
            What each field does is in <a href="/docs/graphql">the reference</a>.
          </p>
          {reading.error && <p class="trouble">{reading.error}</p>}
          {schema && <Operations schema={schema} type="Query" onUse={(field) => use("query", field)} />}
          {schema && <Operations schema={schema} type="Mutation" onUse={(field) => use("mutation", field)} />}
        </nav>
        <main id="main" tabIndex={-1}>
          <Heading text="GraphQL explorer" />
          <p class="about">Operations run as you, on this server’s real data. Only a server for development has this page.</p>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              send();
            }}
          >
            <Field id="operation" label="Operation" value={query} onInput={setQuery} rows={14} code hint="Ctrl+Enter or ⌘+Enter runs it." />
            <Field label="Variables" value={variables} onInput={setVariables} rows={5} code error={invalid} />
            <div class="acts">
              <Button kind="first" type="submit" busy={running.busy}>
                Run
              </Button>
            </div>
          </form>
          <p role="status">{answer ? `Status ${answer.status}, ${answer.milliseconds} ms` : ""}</p>
          {running.error && (
            <p class="trouble" role="alert">
              {running.error}
            </p>
          )}
          {answer && <pre tabIndex={0}>{JSON.stringify(answer.body, null, 2)}</pre>}
        </main>
      </div>
    </>
  );
}

function Operations({ schema, type, onUse }: { schema: Schema; type: "Query" | "Mutation"; onUse: (field: SchemaField) => void }) {
  const fields = schema.types.find(({ name }) => name === type)?.fields ?? [];
  return (
    <details open={type === "Query"}>
      <summary>{type}</summary>
      <ul>
        {[...fields]
          .sort((a, b) => a.name.localeCompare(b.name))
          .map((field) => (
            <li key={field.name}>
              <Button kind="plain" label={`${field.name}: ${typeText(field.type)}`} onClick={() => onUse(field)}>
                {field.name}
              </Button>
            </li>
          ))}
      </ul>
    </details>
  );
}

start("Run GraphQL operations on this server.", <Explorer />);
