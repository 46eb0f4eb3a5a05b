-- Whether a node attempts a delivery, until next_at, so that it is not sent a second time meanwhile. Whether a webhook took long to answer,
-- so that it does not delay others.
ALTER TABLE webhook_deliveries ADD COLUMN leased boolean NOT NULL DEFAULT false;
ALTER TABLE webhooks ADD COLUMN slow boolean NOT NULL DEFAULT false;
