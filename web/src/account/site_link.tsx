/** The name of a site. If the origin where the person used their notes is known, it is a link there, without a referrer. */
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
