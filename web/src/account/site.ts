/** Site is a tenant, as a person knows it. */
export interface Site {
  id: string;
  name: string;
}
