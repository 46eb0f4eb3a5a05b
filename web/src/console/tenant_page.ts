/** The properties of every page of a tenant. */
export interface TenantPageProps {
  /** The tenant key, t_…. */
  tenant: string;
  /** Whether the viewer can change the tenant. */
  admin: boolean;
  /** Whether the viewer can invite and remove members. */
  owner: boolean;
}
