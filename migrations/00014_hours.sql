-- +goose Up

-- The state that a person lives in, by its two letters; empty: nobody has told. It says by which hours they may be called,
-- and together with their number in which zone.
ALTER TABLE people ADD COLUMN region text NOT NULL DEFAULT '' CHECK (region ~ '^([A-Z]{2})?$');

-- The last line of the cap: whatever the code does, one number gets three texts and three calls a day from us unless they were
-- in touch between. The number's row is locked first and what is counted is read in a statement after that, since a statement
-- that waited for a lock still sees what was before. The numbers here are those of outbox.go; a test holds them against it.

-- +goose StatementBegin
CREATE FUNCTION cap_texts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz;
BEGIN
    NEW.claimed_at := COALESCE(NEW.claimed_at, now());
    SELECT GREATEST(p.last_inbound_at, NEW.claimed_at - interval '24 hours') INTO since
        FROM phones p WHERE p.id = NEW.phone_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM outbox o WHERE o.phone_id = NEW.phone_id AND o.claimed_at > since AND NOT o.legal AND o.id <> NEW.id) >= 3 THEN
        RAISE EXCEPTION 'a number gets three texts a day' USING ERRCODE = 'PBT03';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER outbox_capped BEFORE UPDATE OF state ON outbox
    FOR EACH ROW WHEN (NEW.state = 'sending' AND OLD.state <> 'sending' AND NOT NEW.legal) EXECUTE FUNCTION cap_texts();
CREATE TRIGGER outbox_born_capped BEFORE INSERT ON outbox
    FOR EACH ROW WHEN (NEW.state = 'sending' AND NOT NEW.legal) EXECUTE FUNCTION cap_texts();

-- +goose StatementBegin
CREATE FUNCTION cap_calls() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz;
BEGIN
    NEW.placed_at := COALESCE(NEW.placed_at, now());
    SELECT GREATEST(p.last_inbound_at, NEW.placed_at - interval '24 hours') INTO since
        FROM phones p WHERE p.id = NEW.phone_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM calls c WHERE c.phone_id = NEW.phone_id AND c.kind = 'outbound' AND c.placed_at > since AND NOT c.our_fault AND c.id <> NEW.id) >= 3 THEN
        RAISE EXCEPTION 'a number gets three calls a day' USING ERRCODE = 'PBC03';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER calls_capped BEFORE UPDATE OF state ON calls
    FOR EACH ROW WHEN (NEW.kind = 'outbound' AND NEW.state = 'placing' AND OLD.state <> 'placing') EXECUTE FUNCTION cap_calls();
CREATE TRIGGER calls_born_capped BEFORE INSERT ON calls
    FOR EACH ROW WHEN (NEW.kind = 'outbound' AND NEW.state = 'placing') EXECUTE FUNCTION cap_calls();
