/** Viewer is the signed-in person, as the API describes them. */
export interface Viewer {
  id: string;
  displayName: string;
  /** The tenant can read these notes, too. */
  vouched: boolean;
  /** Who the tenant says this is. */
  identity: { name: string | null; email: string | null; subject: string } | null;
}
