-- +goose Up

-- A call that nobody took, until somebody has rung back, talked or seen to it; and who says "I'll answer". A claim is about
-- one wait: it ends with it, or when it is old, without anybody pressing anything.
ALTER TABLE phones
    ADD COLUMN missed_since timestamptz,
    ADD COLUMN claimed_by   text REFERENCES users (id),
    ADD COLUMN claimed_at   timestamptz;
CREATE INDEX phones_missed ON phones (missed_since) WHERE missed_since IS NOT NULL;
CREATE INDEX phones_claimed ON phones (claimed_by) WHERE claimed_by IS NOT NULL;

-- What may have been a no, with who ruled on it, when and why. Rows are kept: this is part of what a person agreed to.
CREATE TABLE refusals (
    id       text PRIMARY KEY,
    phone_id text NOT NULL REFERENCES phones (id),
    words    text NOT NULL,
    state    text NOT NULL CHECK (state IN ('open', 'was_no', 'was_other')),
    at       timestamptz NOT NULL,
    ruled_by text REFERENCES users (id), -- nobody: they said a plain stop themselves before anybody read it
    ruled_at timestamptz,
    why      text NOT NULL DEFAULT '',
    CHECK (state = 'open' OR ruled_at IS NOT NULL),
    CHECK (state <> 'was_other' OR ruled_by IS NOT NULL AND why <> '')
);
CREATE UNIQUE INDEX refusals_open ON refusals (phone_id) WHERE state = 'open';
CREATE INDEX refusals_phone ON refusals (phone_id, at DESC);
INSERT INTO refusals (id, phone_id, words, state, at)
SELECT id, id, hold_words, 'open', hold_since FROM phones WHERE hold_since IS NOT NULL;

-- A missed call is kept on its number by whoever writes the call down: the switchboard, or the reconciler after an outage. A
-- talk ends the wait, and so does ringing back: whether they pick up is then the callback's affair, which stays due.
-- +goose StatementBegin
CREATE FUNCTION numbers_follow_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'inbound' AND NEW.bridged_at IS NULL AND (TG_OP = 'INSERT' AND NEW.shift_id IS NULL
        OR TG_OP = 'UPDATE' AND NEW.shift_id IS NOT NULL AND NEW.state = 'ended') THEN
        UPDATE phones SET missed_since = COALESCE(missed_since, NEW.created_at) WHERE id = NEW.phone_id;
    ELSIF NEW.bridged_at IS NOT NULL OR NEW.kind = 'outbound' AND NEW.state = 'ended' AND NOT NEW.our_fault THEN
        UPDATE phones SET missed_since = NULL
        WHERE id = NEW.phone_id AND missed_since IS NOT NULL AND (NEW.bridged_at IS NOT NULL OR NEW.placed_at > missed_since);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER calls_missed AFTER INSERT ON calls
    FOR EACH ROW WHEN (NEW.kind = 'inbound') EXECUTE FUNCTION numbers_follow_calls();
CREATE TRIGGER calls_missed_or_talked AFTER UPDATE OF state ON calls
    FOR EACH ROW WHEN (NEW.kind IN ('inbound', 'outbound') AND OLD.state <> NEW.state AND NEW.state IN ('bridged', 'ended'))
    EXECUTE FUNCTION numbers_follow_calls();
