// Every GraphQL document of the account page.
import { document } from "../graphql/document";

export const VIEWER = document<{ viewer: { id: string; displayName: string } }>(`query Viewer { viewer { id displayName } }`);
