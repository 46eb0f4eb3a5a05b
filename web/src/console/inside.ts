/** What every place of a tenant is given. */
export interface Inside {
  /** Its key, t_…. */
  tenant: string;
  /** Whether the viewer may change things here. */
  admin: boolean;
  /** Whether the viewer may invite and remove members. */
  owner: boolean;
}
