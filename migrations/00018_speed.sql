-- +goose Up

-- The sweeper asks every few seconds which texts and calls are past their last moment: of a million that are planned, nearly none.
CREATE INDEX outbox_past ON outbox (not_after) WHERE state = 'ready';
CREATE INDEX follow_ups_past ON follow_ups (not_after) WHERE channel = 'call' AND state IN ('planned', 'due');
-- Nor does it walk texts that go by themselves, when a crowd of them is due, to find the calls and drafts that it rings for.
CREATE INDEX follow_ups_rings ON follow_ups (due_at) WHERE state = 'planned' AND NOT (channel = 'text' AND automatic);
DROP INDEX follow_ups_planned;

-- Who is left out of a wave: each reason is read as a set, which one look at the list is joined with.
CREATE INDEX follow_ups_agreed ON follow_ups (person_id) WHERE wave_id IS NULL AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person');
CREATE INDEX phones_apart ON phones (id)
    WHERE opted_out_at IS NOT NULL OR hold_since IS NOT NULL OR bad_at IS NOT NULL OR no_texts_at IS NOT NULL OR last_inbound_at IS NOT NULL;
CREATE INDEX consents_text ON consents (person_id) WHERE channel = 'text' AND given;
CREATE INDEX consents_text_ok ON consents (person_id, at DESC, id DESC) INCLUDE (given) WHERE channel = 'text_ok';

-- What became of a wave's promises: those of its talks, and those that were settled while it went on.
CREATE INDEX commitments_conversation ON commitments (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX commitments_settled ON commitments (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX wave_members_left ON wave_members (wave_id, person_id) WHERE state = 'left';

-- Nobody is called "Caller": who rang us and told no name has none to be said aloud.
UPDATE people SET first_name = '' WHERE first_name = 'Caller' AND name LIKE 'Caller ending %';
