-- +goose Up

-- What we know of what came in, in one row. Whoever is about to send or to dial reads it in the statement that claims: a STOP
-- may lie at Twilio that nobody has fetched yet. The times are the product's.
CREATE TABLE watermark (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    fetched_through timestamptz NOT NULL, -- everything that Twilio took for us before this is here
    alive_at        timestamptz NOT NULL, -- the last beat of a process that serves webhooks
    outage_until    timestamptz NOT NULL, -- since when webhooks arrive again without a break
    postgres_since  timestamptz NOT NULL  -- the start of Postgres itself that the last beat saw
) WITH (fillfactor = 50);
INSERT INTO watermark (fetched_through, alive_at, outage_until, postgres_since)
VALUES (now() - interval '1 day', 'epoch', 'epoch', pg_postmaster_start_time());

-- Which installation these records belong to, as its first start wrote it. A copy is told by the cluster or the database it is
-- in; a dump that was brought back into its own database by the row's transaction, which is then another one than it says.
CREATE TABLE installation (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    cluster     text NOT NULL,
    database    text NOT NULL,
    instance    text NOT NULL,
    written_by  text NOT NULL,
    at          timestamptz NOT NULL
);

-- A pause is a person's, or ours: after a restore, and where the auditor found what must never be. Each kind is lifted apart.
ALTER TABLE pauses
    ALTER COLUMN by_user DROP NOT NULL,
    ADD COLUMN kind     text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'restored', 'auditor')),
    ADD COLUMN why      text NOT NULL DEFAULT '',
    ADD COLUMN instance text NOT NULL DEFAULT '', -- of the process that found a restore
    ADD CONSTRAINT pauses_who CHECK (kind <> 'person' OR by_user IS NOT NULL);
DROP INDEX pauses_one;
CREATE UNIQUE INDEX pauses_one ON pauses (kind) WHERE lifted_at IS NULL;

-- What the auditor has found, once each: a coordinator who has looked is not stopped by the same row again.
CREATE TABLE findings (
    promise  text NOT NULL,
    thing_id text NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (promise, thing_id)
);

-- Texts and calls whose outcome nobody knows: how often we have looked, since when a person is asked, and who decided.
ALTER TABLE outbox
    ADD COLUMN looked     smallint NOT NULL DEFAULT 0,
    ADD COLUMN asked_at   timestamptz,
    ADD COLUMN decided_by text,
    ADD COLUMN decided_at timestamptz;
CREATE INDEX outbox_decided ON outbox (decided_at DESC) WHERE decided_at IS NOT NULL;
ALTER TABLE calls
    ADD COLUMN decided_by text,
    ADD COLUMN decided_at timestamptz;
CREATE INDEX calls_unknown ON calls (created_at) WHERE unknown;

-- What the auditor looks at each minute must not grow with the records.
CREATE INDEX follow_ups_in_progress ON follow_ups (id) WHERE state = 'in_progress';
CREATE INDEX phones_stopped ON phones (opted_out_at) WHERE opted_out_at IS NOT NULL;
CREATE INDEX outbox_claimed ON outbox (claimed_at) WHERE claimed_at IS NOT NULL;
CREATE INDEX journal_second_sid ON journal (at) WHERE event = 'second_sid';
