import { useEffect, useRef, useState } from "preact/hooks";
import { frameOrigin } from "./place";
import { shades } from "./shade";

/**
 * The widget itself with the tenant's name and color and notes of nobody (widget/preview.go), to look at. It is told what to
 * look like by its fragment: that fetches nothing anew, and takes no message.
 */
export function Preview({ theme, name, accent }: { theme: "light" | "dark"; name: string; accent: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const address = `${frameOrigin}/preview#${new URLSearchParams({ theme, name, accent: accent && shades(accent)[theme] })}`;
  const [first] = useState(address);
  const shown = useRef(first);

  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    frame.current?.contentWindow?.location.replace(address); // leaves nothing for the Back button
  }, [address]);

  return (
    <div class="preview" inert>
      <iframe ref={frame} src={first} title={`Widget preview for ${name}, ${theme}`} />
    </div>
  );
}
