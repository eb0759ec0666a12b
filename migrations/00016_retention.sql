-- +goose Up

-- Who said no stays known after everything else about them is gone: as a hash of the number, from which nobody reads it.
-- The salt keeps hashes of two installations apart. Whoever holds this database can still test a number against it.
CREATE TABLE forgotten_numbers (
    hash bytea PRIMARY KEY,
    at   timestamptz NOT NULL, -- when they said no
    how  text NOT NULL
);
CREATE TABLE number_salt (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    salt text NOT NULL
);
INSERT INTO number_salt (salt) VALUES (gen_random_uuid()::text || gen_random_uuid()::text);

CREATE FUNCTION number_hash(number text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE RETURN
    sha256(convert_to((SELECT salt FROM number_salt) || number, 'UTF8'));

-- A number that said no before it was forgotten comes back blocked, whichever way it comes in.
-- +goose StatementBegin
CREATE FUNCTION remember_no() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    no forgotten_numbers;
BEGIN
    IF NEW.opted_out_at IS NULL THEN
        SELECT * INTO no FROM forgotten_numbers WHERE hash = number_hash(NEW.number);
        IF FOUND THEN
            NEW.opted_out_at := no.at;
            NEW.opted_out_how := no.how;
        END IF;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER phones_remember_no BEFORE INSERT ON phones FOR EACH ROW EXECUTE FUNCTION remember_no();

-- Each run, with what it removed: the schedule reads when the last one was.
CREATE TABLE purges (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    voicemails integer NOT NULL DEFAULT 0,
    people     integer NOT NULL DEFAULT 0,
    numbers    integer NOT NULL DEFAULT 0,
    volunteers integer NOT NULL DEFAULT 0
);

-- Voicemails by age.
CREATE INDEX calls_voicemails ON calls (created_at) WHERE recording_sid <> '';
