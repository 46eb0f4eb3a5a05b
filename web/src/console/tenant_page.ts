/** The properties of every page of a tenant. */
export interface TenantPageProps {
  /** The tenant key, t_…. */
  tenant: string;
  /** Whether the viewer can change the tenant. */
  admin: boolean;
  /** Whether the viewer can invite and remove members. */
  owner: boolean;
  /** The viewer's id as a member. */
  memberId: string;
  /** Whether the viewer is the only owner. */
  onlyOwner: boolean;
  /** Reads again which tenants the viewer has. */
  reload: () => Promise<void>;
}
