import type { SiteNote } from "./note";

/** The page of a site on which a note was written, by its title, with a link if its address is one of the web. */
export function PageLink({ page: { id, title, url } }: { page: NonNullable<SiteNote["context"]> }) {
  const name = <bdi>{title || url || id}</bdi>;
  return /^https?:\/\//.test(url) ? (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {name}
    </a>
  ) : (
    name
  );
}
