/** The name of a site, with a link to an origin of it where the person has used their notes, if that is known. The site doesn't learn where the link was. */
export function SiteLink({ name, origin }: { name: string; origin: string | null | undefined }) {
  const text = <bdi>{name}</bdi>;
  return origin ? (
    <a href={origin} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  ) : (
    text
  );
}
