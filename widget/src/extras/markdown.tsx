// Shows a note's Markdown as formatted text. It makes elements and no markup, so that nothing in a note can become anything
// else; a line that is no Markdown is shown as it was written.
import { Fragment, h, type ComponentChildren } from "preact";

// Bounded, so that no text takes longer than its length: code, bold, emphasis, struck out, [text](address), address.
const inline =
  /`([^`]{1,999})`|\*\*(.{1,999}?)\*\*|(?<!\w)_(.{1,999}?)_(?!\w)|\*([^*\s][^*]{0,999})\*|~~(.{1,999}?)~~|\[([^\]]{1,999})\]\(([^)\s]{1,2000})\)|(https?:\/\/[^\s<>"]{1,2000}[^\s<>".,;:!?')\]])/;

function Inline({ text }: { text: string }): ComponentChildren {
  const found = inline.exec(text);
  if (!found) return <>{text}</>;
  const [all, code, bold, underscored, starred, struck, label, address, bare] = found;
  const emphasis = underscored ?? starred;
  return (
    <>
      {text.slice(0, found.index)}
      {code ? (
        <code>{code}</code>
      ) : bold ? (
        <b>
          <Inline text={bold} />
        </b>
      ) : emphasis ? (
        <i>
          <Inline text={emphasis} />
        </i>
      ) : struck ? (
        <s>
          <Inline text={struck} />
        </s>
      ) : (
        <Link address={address ?? bare!} label={label ?? bare!} />
      )}
      <Inline text={text.slice(found.index + all.length)} />
    </>
  );
}

/** Only addresses that a browser opens or writes to; another stays the text that it is. */
function Link({ address, label }: { address: string; label: string }) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return <>{`[${label}](${address})`}</>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {label}
    </a>
  );
}

const item = /^\s*([-*+]|\d{1,9}[.)])\s+(.*)/;

/** The blocks of a text: each takes as many lines as belong to it. */
function blocks(lines: string[]): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  const take = (belongs: (line: string) => boolean) => {
    const taken = [];
    while (lines.length && belongs(lines[0]!)) taken.push(lines.shift()!);
    return taken;
  };
  lines = [...lines];
  while (lines.length) {
    const line = lines[0]!;
    const heading = /^(#{1,4})\s+(.*)/.exec(line);
    if (heading) {
      lines.shift();
      // The note is below the page's own heading and its title.
      made.push(h(`h${heading[1]!.length + 2}`, null, <Inline text={heading[2]!} />));
    } else if (/^```/.test(line)) {
      lines.shift();
      made.push(<pre>{take((line) => !/^```/.test(line)).join("\n")}</pre>);
      lines.shift();
    } else if (/^\s*(---+|\*\*\*+)\s*$/.test(line)) {
      lines.shift();
      made.push(<hr />);
    } else if (/^>/.test(line)) {
      made.push(<blockquote>{blocks(take((line) => /^>/.test(line)).map((line) => line.replace(/^> ?/, "")))}</blockquote>);
    } else if (item.test(line)) {
      const items = take((line) => item.test(line)).map((line) => (
        <li>
          <Inline text={item.exec(line)![2]!} />
        </li>
      ));
      made.push(/\d/.test(item.exec(line)![1]!) ? <ol>{items}</ol> : <ul>{items}</ul>);
    } else if (line.trim()) {
      const plain = take((line) => !!line.trim() && !/^(#{1,4}\s|```|>)/.test(line) && !item.test(line));
      made.push(<p dir="auto">{plain.map((line, i) => [i > 0 && <br />, <Inline text={line} />])}</p>);
    } else {
      lines.shift();
    }
  }
  return made;
}

export function Markdown({ text }: { text: string }) {
  return (
    <article class="markdown" dir="auto">
      {blocks(text.split("\n"))}
    </article>
  );
}
