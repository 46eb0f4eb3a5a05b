// The front matter of a file of Markdown: lines of names and values, as JSON or as plain YAML.
import { parseJSON, type Fields } from "./json_value";

/** Returns the fields and the text after them, or null for a text without a front matter. */
export function readFrontMatter(content: string): { fields: Fields; body: string } | null {
  const [, head, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n(?:\r?\n)?([\s\S]*)$/.exec(content) ?? [];
  const fields = head === undefined ? null : readFields(head);
  return fields && { fields, body: body! };
}

function readFields(head: string): Fields | null {
  const fields: Fields = {};
  let list: string[] | null = null;
  for (const line of head.split(/\r?\n/)) {
    if (!line.trim() || line.startsWith("#")) continue;
    const item = /^\s*- (.+)$/.exec(line);
    if (item && list) {
      list.push(plain(item[1]!) as string);
      continue;
    }
    const [, name, value] = /^([\w-]+):(?: (.*))?$/.exec(line) ?? [];
    if (!name) return null;
    list = value?.trim() ? null : [];
    fields[name] = list ?? plain(value!);
  }
  if (typeof fields["tags"] === "string") fields["tags"] = fields["tags"].split(",");
  return fields;
}

function plain(value: string): unknown {
  const trimmed = value.trim();
  const json = parseJSON(trimmed);
  if (json !== undefined) return typeof json === "number" ? trimmed : json;
  const flow = /^\[(.*)\]$/.exec(trimmed);
  if (flow) return flow[1]!.split(",").map((one) => one.trim().replace(/^(['"])(.*)\1$/, "$2"));
  return trimmed.replace(/^'(.*)'$/, "$1");
}
