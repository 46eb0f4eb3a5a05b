/** Viewer is the signed-in person. */
export interface Viewer {
  id: string;
  displayName: string;
  /** Who can read the notes: the server, too, or while that changes, or only the person. */
  sealing: "SERVER" | "CONVERTING" | "END_TO_END";
}
