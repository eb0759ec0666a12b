-- +goose Up

-- Nobody ever wrote it: practice is held without a shift.
ALTER TABLE shifts DROP COLUMN practice;

-- Whose card has closed under a volunteer's eyes, and which call it was for: they asked us to stop, it was moved, they rang us.
-- The page says why from the row itself. It is gone with the volunteer's next step.
ALTER TABLE shifts
    ADD COLUMN closed_person_id    text,
    ADD COLUMN closed_follow_up_id text;

-- Cards that are open, looked at several times a second.
CREATE INDEX shifts_cards ON shifts (id) WHERE state = 'reserved';

-- The turns in which callbacks are handed out: each is one probe that stops at its first row. Whether anything is due at all is
-- asked of follow_ups_calls, without a lock.
CREATE INDEX follow_ups_returned ON follow_ups (campaign_id, due_at) WHERE channel = 'call' AND state = 'due' AND reason = 'returned_call';
CREATE INDEX follow_ups_own ON follow_ups (owner_id, due_at) WHERE channel = 'call' AND state = 'due' AND wave_id IS NULL;
CREATE INDEX follow_ups_pool ON follow_ups (campaign_id, due_at) WHERE channel = 'call' AND state = 'due' AND wave_id IS NULL;
CREATE INDEX follow_ups_waves ON follow_ups (wave_id, due_at) WHERE channel = 'call' AND state = 'due' AND wave_id IS NOT NULL;

-- What somebody has on their screen, or on the line: the sweep asks whether they still do.
CREATE INDEX follow_ups_held ON follow_ups (id) WHERE channel = 'call' AND state IN ('offered', 'in_progress');
