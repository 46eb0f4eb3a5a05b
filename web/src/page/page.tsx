import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useOnline } from "./online";

export interface Place {
  path: string;
  name: string;
}

interface Props {
  /** What the navigation is called. */
  label: string;
  places: Place[];
  /** The path of the place that is shown. */
  current: string;
  /** Who is signed in, and the way out. */
  who: ComponentChildren;
  /** Above the places: where one of several things is chosen. */
  above?: ComponentChildren;
  children: ComponentChildren;
}

/** A signed-in page: whose house this is, the ways around it, and what is shown. */
export function Page({ label, places, current, who, above, children }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const online = useOnline();

  // On a narrow screen the places are a strip: the current one comes into sight.
  useEffect(() => {
    const show = () => {
      const link = list.current?.querySelector<HTMLElement>("[aria-current]");
      if (link) list.current!.scrollLeft = link.offsetLeft - (list.current!.clientWidth - link.offsetWidth) / 2;
    };
    show();
    addEventListener("resize", show);
    return () => removeEventListener("resize", show);
  }, [current]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header>{who}</Header>
      <div class="page">
        <nav aria-label={label}>
          {above}
          <ul ref={list}>
            {places.map(({ path, name }) => (
              <li key={path}>
                <a href={path} aria-current={path === current ? "page" : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main" tabIndex={-1}>
          <p role="status" class="offline">
            {online ? "" : "You are offline. This page may be out of date, and you can’t change anything until you are back online."}
          </p>
          {children}
        </main>
      </div>
    </>
  );
}

/** Whose house this is, always in sight. */
export function Header({ children }: { children?: ComponentChildren }) {
  return (
    <header>
      <svg width="16" height="20" viewBox="0 0 16 20" aria-hidden="true">
        <path fill="none" stroke="currentColor" stroke-width="2" d="M4 9V6a4 4 0 0 1 8 0v3" />
        <rect y="8" width="16" height="12" rx="3" fill="currentColor" />
      </svg>
      <span>{location.host}</span>
      {children}
    </header>
  );
}
