import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { QueryResult } from "../component/state";
import type { Query } from "../graphql/query";
import { Heading } from "./heading";
import { useOnline } from "./observable";
import { t } from "./text";

export interface NavigationLink {
  path: string;
  name: string;
}

interface Props {
  /** The name of the navigation. */
  label: string;
  pages: NavigationLink[];
  /** The path of the current page. */
  current: string;
  /** The signed-in person, and Sign out. */
  account: ComponentChildren;
  /** A choice above the navigation. */
  above?: ComponentChildren;
  /** Links below the navigation. */
  below?: ComponentChildren;
  children: ComponentChildren;
}

/** A signed-in page: the header, the navigation and the content. */
export function Page({ label, pages, current, account, above, below, children }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const online = useOnline();

  // On a narrow screen the navigation is a strip: scroll to the current page.
  useEffect(() => {
    const show = () => {
      const link = list.current?.querySelector<HTMLElement>("[aria-current]");
      if (!link) return;
      const [strip, shown] = [list.current!.getBoundingClientRect(), link.getBoundingClientRect()];
      list.current!.scrollLeft += (shown.left + shown.right - strip.left - strip.right) / 2; // in both writing directions
    };
    show();
    addEventListener("resize", show);
    return () => removeEventListener("resize", show);
  }, [current]);

  return (
    <>
      <a class="skip" href="#main">
        {t("skip")}
      </a>
      <Header>{account}</Header>
      <div class="page">
        <nav aria-label={label}>
          {above}
          <ul ref={list}>
            {pages.map(({ path, name }) => (
              <li key={path}>
                <a href={path} aria-current={path === current ? "page" : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
          {below}
        </nav>
        <main id="main" tabIndex={-1}>
          <p role="status" class="offline">
            {online ? "" : t("offline")}
          </p>
          {children}
        </main>
      </div>
    </>
  );
}

/** The header with the account origin's host, always visible. */
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

/** A page while the signed-in person is being loaded. It shows the page's name, and an error if loading fails. */
export function LoadingPage({ query, name }: { query: Query<unknown>; name: string }) {
  return (
    <>
      <Header />
      <main class="entrance">
        <Heading text={name} />
        <QueryResult query={query}>{() => null}</QueryResult>
      </main>
    </>
  );
}
