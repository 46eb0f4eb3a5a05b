-- A node finds out when it starts whether an upgrade is finished.
GRANT SELECT ON bun_migrations TO aside_auth;
