-- +goose Up

-- A wave is planned from what talks found: who, when, in which words. paused_at stops everything of it at once.
ALTER TABLE waves
    ADD COLUMN channel     text NOT NULL DEFAULT 'call' CHECK (channel IN ('text', 'call')),
    ADD COLUMN reason      text NOT NULL DEFAULT 'maintenance',
    ADD COLUMN filter      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN body        text NOT NULL DEFAULT '',
    ADD COLUMN heads_up    text NOT NULL DEFAULT '',
    ADD COLUMN local_wish  text NOT NULL DEFAULT '',
    ADD COLUMN zone        text NOT NULL DEFAULT '',
    ADD COLUMN starts_at   timestamptz,
    ADD COLUMN paused_at   timestamptz,
    ADD COLUMN size        integer NOT NULL DEFAULT 0,
    ADD COLUMN filled      integer NOT NULL DEFAULT 0,
    ADD COLUMN launched_at timestamptz,
    ADD COLUMN done_at     timestamptz;
UPDATE waves SET launched_at = created_at WHERE state = 'live';
