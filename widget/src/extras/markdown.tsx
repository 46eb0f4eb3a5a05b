// Shows a note's Markdown as formatted text. It creates elements and no markup, so nothing in a note can become anything else; what is
// no Markdown is shown as it was written. The time is proportional to the length of the text.
import type { ComponentChildren } from "preact";
import { h, t } from "../shared";

// An escape, code, bold, emphasis, strikethrough, [text](address) or an address. Paired parentheses belong to an address.
const syntax =
  /\\([!-/:-@[-`{-~])|`([^`]{1,999})`|\*\*(.{1,999}?)\*\*|(?<!\w)_(.{1,999}?)_(?!\w)|\*((?:\\.|[^*\s\\])(?:\\.|[^*\\]){0,999})\*|~~(.{1,999}?)~~|\[((?:\\.|[^\]\\]){1,999})\]\(((?:[^()\s]|\([^()\s]{0,999}\)){1,2000})\)|(https?:\/\/(?:[^\s<>"()]|\([^\s<>"()]{0,999}\)){0,2000}(?:[^\s<>"().,;:!?'\]]|\([^\s<>"()]{0,999}\)))/g;

function inline(text: string): ComponentChildren[] {
  const nodes: ComponentChildren[] = [];
  let end = 0;
  for (const match of text.matchAll(syntax)) {
    const [all, escaped, code, bold, underscored, starred, struck, label, address, bareURL] = match;
    const emphasis = underscored ?? starred;
    nodes.push(
      text.slice(end, match.index),
      escaped ? (
        escaped
      ) : code ? (
        <code>{code}</code>
      ) : bold ? (
        <b>{inline(bold)}</b>
      ) : emphasis ? (
        <i>{inline(emphasis)}</i>
      ) : struck ? (
        <s>{inline(struck)}</s>
      ) : /^(https?:\/\/|mailto:)/i.test(address ?? bareURL!) ? (
        <a href={address ?? bareURL!} target="_blank" rel="noopener noreferrer">
          {label ? label.replace(/\\([!-/:-@[-`{-~])/g, "$1") : bareURL!}
        </a>
      ) : (
        all // an address that a browser would treat otherwise
      ),
    );
    end = match.index + all.length;
  }
  return [...nodes, text.slice(end)];
}

const listMarker = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)/;
// A heading, a quote, or the fence of code, also as a list item.
const blockStart = /^(?:(#{1,4})\s+(.*)|(>)|[-*+\d.)\s]*(`{3,}|~{3,}))/;
const tableRule = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Returns the cells of a table row. */
function cells(line: string): string[] {
  return line.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/);
}

/** Returns a list item, which may be a task. `tick` is called when a task is ticked, or no longer is. */
function listItem(text: string, tick: () => void): ComponentChildren {
  const task = /^\[([ x])\]\s+(.*)/i.exec(text);
  return (
    <li>
      {task ? (
        <label>
          <input type="checkbox" checked={task[1] !== " "} onChange={tick} />
          {inline(task[2]!)}
        </label>
      ) : (
        inline(text)
      )}
    </li>
  );
}

/**
 * Returns the blocks of a text; each takes the lines that belong to it. The depth of quotes is limited. `tick` is called with the number
 * of a task's line; the first one is number `first`.
 */
function blocks(lines: string[], tick: (line: number) => void, first = 0, depth = 0): ComponentChildren[] {
  const nodes: ComponentChildren[] = [];
  let at = 0;
  const takeWhile = (belongs: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && belongs(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  const isTable = () => lines[at]!.includes("|") && tableRule.test(lines[at + 1] ?? "") && cells(lines[at]!).length === cells(lines[at + 1]!).length;
  while (at < lines.length) {
    const line = lines[at]!;
    const item = listMarker.exec(line);
    const [, level, title, quote, fence] = blockStart.exec(line) ?? [];
    if (level) {
      at++;
      // The note is below the page's own heading.
      nodes.push(h(`h${level.length + 1}`, null, inline(title!)));
    } else if (fence) {
      at++;
      nodes.push(<pre>{takeWhile((line) => !line.trim().startsWith(fence)).join("\n")}</pre>);
      at++;
    } else if (quote && depth < 9) {
      const start = first + at;
      const quoted = takeWhile((line) => /^>/.test(line)).map((line) => line.replace(/^> ?/, ""));
      nodes.push(<blockquote>{blocks(quoted, tick, start, depth + 1)}</blockquote>);
    } else if (item) {
      // Items of one kind form one list, even with blank lines between them. Numbers continue from the first one.
      const number = item[1];
      const items = [];
      for (let next = at; next < lines.length; next++) {
        const match = listMarker.exec(lines[next]!);
        if (match ? !match[1] !== !number || blockStart.test(lines[next]!) : lines[next]!.trim()) break;
        if (!match) continue;
        items.push(listItem(match[2]!, () => tick(first + next)));
        at = next + 1;
      }
      nodes.push(number ? <ol start={+number}>{items}</ol> : <ul>{items}</ul>);
    } else if (isTable()) {
      const names = cells(line);
      at += 2;
      nodes.push(
        <table>
          <tr>{names.map((name) => <th>{inline(name)}</th>)}</tr>
          {takeWhile((line) => !!line.trim() && !blockStart.test(line)).map((line) => {
            const row = cells(line);
            return <tr>{names.map((_, i) => <td>{inline(row[i] ?? "")}</td>)}</tr>;
          })}
        </table>,
      );
    } else {
      at++;
      if (line.trim()) {
        const rest = takeWhile((line) => !!line.trim() && !blockStart.test(line) && !listMarker.test(line) && !isTable());
        nodes.push(<p dir="auto">{[line, ...rest].map((line, i) => [i > 0 && <br />, inline(line)])}</p>);
      }
    }
  }
  return nodes;
}

/** Markdown is a formatted text. `onTick` is called with the text after a task in it was ticked, or no longer is. */
export function Markdown({ text, onTick }: { text: string; onTick: (text: string) => void }) {
  const lines = text.split("\n");
  const tick = (line: number) => onTick(lines.map((text, at) => (at === line ? text.replace(/\[.]/, (mark) => (mark === "[ ]" ? "[x]" : "[ ]")) : text)).join("\n"));
  return (
    <article dir="auto" tabIndex={0} aria-label={t("fieldNote")}>
      {blocks(lines, tick)}
    </article>
  );
}
