import { useEffect, useRef, useState } from "preact/hooks";
import { frameOrigin } from "./config";
import { shades } from "./accent";

/**
 * The real widget with the tenant's name and color and sample notes (widget/preview.go). The fragment of its address sets its
 * look, so a change needs no request and no message.
 */
export function Preview({ theme, name, accent }: { theme: "light" | "dark"; name: string; accent: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const address = `${frameOrigin}/preview#${new URLSearchParams({ theme, name, accent: accent && shades(accent)[theme] })}`;
  const [first] = useState(address);
  const shown = useRef(first);

  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    frame.current?.contentWindow?.location.replace(address); // adds no history entry
  }, [address]);

  return (
    <div class="preview" inert>
      <iframe ref={frame} src={first} title={`Widget preview for ${name}, ${theme}`} />
    </div>
  );
}
