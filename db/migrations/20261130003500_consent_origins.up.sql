-- The origin of the page on which the person allowed the tenant, or signed in there last: their account leads back to it. It is null
-- until then, and for a sign-in without a page.
ALTER TABLE consents ADD COLUMN embed_origin text COLLATE "C";
