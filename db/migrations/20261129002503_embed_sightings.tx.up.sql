-- What happened with a tenant's widget on the pages of an origin, by hour. No row says anything about a person.
CREATE TABLE embed_sightings (
  tenant_key text COLLATE "C" NOT NULL REFERENCES tenants,
  embed_origin text COLLATE "C" NOT NULL,
  hour timestamptz NOT NULL,
  shown bigint NOT NULL,
  signed_in bigint NOT NULL,
  refused bigint NOT NULL,
  shown_at timestamptz,
  signed_in_at timestamptz,
  refused_at timestamptz,
  refusal text NOT NULL,
  PRIMARY KEY (tenant_key, embed_origin, hour)
);
CREATE INDEX embed_sightings_hour ON embed_sightings (hour);
ALTER TABLE embed_sightings ENABLE ROW LEVEL SECURITY;
ALTER TABLE embed_sightings FORCE ROW LEVEL SECURITY;
CREATE POLICY embed_sightings_auth ON embed_sightings TO aside_auth USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON embed_sightings TO aside_auth;
