// Shows a note's Markdown as formatted text. It makes elements and no markup, so that nothing in a note can become anything
// else; what is no Markdown is shown as it was written. No text takes much longer than its length.
import { h, type ComponentChildren } from "preact";

// Code, bold, emphasis, struck out, [text](address), address.
const syntax =
  /`([^`]{1,999})`|\*\*(.{1,999}?)\*\*|(?<!\w)_(.{1,999}?)_(?!\w)|\*([^*\s][^*]{0,999})\*|~~(.{1,999}?)~~|\[([^\]]{1,999})\]\(([^)\s]{1,2000})\)|(https?:\/\/[^\s<>"]{1,2000}[^\s<>".,;:!?')\]])/g;

function inline(text: string): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let end = 0;
  for (const found of text.matchAll(syntax)) {
    const [all, code, bold, underscored, starred, struck, label, address, bare] = found;
    const emphasis = underscored ?? starred;
    made.push(
      text.slice(end, found.index),
      code ? (
        <code>{code}</code>
      ) : bold ? (
        <b>{inline(bold)}</b>
      ) : emphasis ? (
        <i>{inline(emphasis)}</i>
      ) : struck ? (
        <s>{inline(struck)}</s>
      ) : /^(https?:\/\/|mailto:)/i.test(address ?? bare!) ? (
        <a href={address ?? bare!} target="_blank" rel="noopener noreferrer">
          {label ?? bare!}
        </a>
      ) : (
        all // an address that a browser would do something else with
      ),
    );
    end = found.index + all.length;
  }
  return [...made, text.slice(end)];
}

const item = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)/;
const special = /^(#{1,4}\s|```|>)/;

/** The blocks of a text: each takes as many lines as belong to it. Quotes go so deep and no deeper. */
function blocks(lines: string[], depth = 0): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let at = 0;
  const take = (belongs: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && belongs(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,4})\s+(.*)/.exec(line);
    if (heading) {
      at++;
      // The note is below the page's own heading.
      made.push(h(`h${heading[1]!.length + 1}`, null, inline(heading[2]!)));
    } else if (/^```/.test(line)) {
      at++;
      made.push(<pre>{take((line) => !/^```/.test(line)).join("\n")}</pre>);
      at++;
    } else if (/^>/.test(line) && depth < 9) {
      const quoted = take((line) => /^>/.test(line)).map((line) => line.replace(/^> ?/, ""));
      made.push(<blockquote>{blocks(quoted, depth + 1)}</blockquote>);
    } else if (item.test(line)) {
      const items = take((line) => item.test(line)).map((line) => <li>{inline(item.exec(line)![2]!)}</li>);
      made.push(item.exec(line)![1] ? <ol>{items}</ol> : <ul>{items}</ul>);
    } else {
      at++;
      const rest = line.trim() ? take((line) => !!line.trim() && !special.test(line) && !item.test(line)) : [];
      made.push(line.trim() && <p dir="auto">{[line, ...rest].map((line, i) => [i > 0 && <br />, inline(line)])}</p>);
    }
  }
  return made;
}

export function Markdown({ text }: { text: string }) {
  return <article dir="auto">{blocks(text.split("\n"))}</article>;
}
