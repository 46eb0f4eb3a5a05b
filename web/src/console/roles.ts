import type { Role } from "./documents";

/** The names of the roles. */
export const roles: Record<Role, string> = { OWNER: "Owner", ADMIN: "Admin", VIEWER: "Viewer" };

/** The roles to choose from. */
export const roleOptions = (["OWNER", "ADMIN", "VIEWER"] as const).map((value) => ({ value, label: roles[value] }));
