-- +goose Up

-- Two more reasons to get back to somebody: a wave has them, or a wave's day-before text.
ALTER TABLE follow_ups DROP CONSTRAINT follow_ups_reason_check;
ALTER TABLE follow_ups ADD CONSTRAINT follow_ups_reason_check CHECK (reason IN ('before_commitment', 'after_commitment', 'scheduled_call', 'revisit',
    'maintenance', 'first_week', 'returned_call', 'unanswered_text', 'needs_language', 'retaliation', 'find_out', 'asked', 'wave', 'heads_up'));

ALTER TABLE waves
    ADD COLUMN gathered    boolean NOT NULL DEFAULT false, -- ticked callbacks brought to a session: they were agreed before, and outlive the wave
    ADD COLUMN found       integer NOT NULL DEFAULT 0,
    ADD COLUMN left_out    jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN why         text NOT NULL DEFAULT '',       -- why it went back to a draft, in words
    ADD COLUMN body_es     text NOT NULL DEFAULT '',       -- for whom we talk with in Spanish; empty: the same words for all
    ADD COLUMN heads_up_es text NOT NULL DEFAULT '',
    ADD COLUMN heads_up_at timestamptz,                    -- when the texts of the day before are written
    ADD COLUMN fixed_at    timestamptz;                    -- since when its people are settled
UPDATE waves SET gathered = true, filled = size;
ALTER TABLE waves ALTER COLUMN reason SET DEFAULT 'wave';
-- What the worker looks at every few seconds, and the list of a campaign.
CREATE INDEX waves_ahead ON waves (starts_at) WHERE state IN ('scheduled', 'live');
CREATE INDEX waves_newest ON waves (created_at DESC);

-- Who is in a wave. They are found once, in one transaction; their follow-ups are written in the background.
CREATE TABLE wave_members (
    wave_id      text NOT NULL REFERENCES waves (id) ON DELETE CASCADE,
    person_id    text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    phone_id     text NOT NULL REFERENCES phones (id) ON DELETE CASCADE,
    follow_up_id text REFERENCES follow_ups (id) ON DELETE SET NULL,
    heads_up_id  text REFERENCES follow_ups (id) ON DELETE SET NULL,
    told         boolean NOT NULL DEFAULT false, -- the text of the day before was written, or cannot be
    state        text NOT NULL CHECK (state IN ('waiting', 'filled', 'left', 'over')),
    why          text NOT NULL DEFAULT '' CHECK (why IN ('', 'opt_out', 'hours', 'cooldown', 'callback', 'wave', 'consent')),
    PRIMARY KEY (wave_id, person_id)
) WITH (fillfactor = 85);
-- Nobody is in two waves at once.
CREATE UNIQUE INDEX wave_members_one ON wave_members (person_id) WHERE state IN ('waiting', 'filled');
CREATE INDEX wave_members_phone ON wave_members (phone_id) WHERE state IN ('waiting', 'filled');
CREATE INDEX wave_members_waiting ON wave_members (wave_id, person_id) WHERE state = 'waiting';
CREATE INDEX wave_members_open ON wave_members (wave_id) WHERE state IN ('waiting', 'filled');
CREATE INDEX wave_members_follow_up ON wave_members (follow_up_id) WHERE follow_up_id IS NOT NULL;
CREATE INDEX wave_members_heads_up ON wave_members (heads_up_id) WHERE heads_up_id IS NOT NULL;
-- The callbacks that were brought to a session until now: their people are in that wave as well.
INSERT INTO wave_members (wave_id, person_id, phone_id, follow_up_id, state)
SELECT DISTINCT ON (person_id) wave_id, person_id, phone_id, id, 'filled' FROM follow_ups
WHERE wave_id IS NOT NULL AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person') ORDER BY person_id, due_at;

-- The rows of one wave, by how they stand.
CREATE INDEX follow_ups_wave ON follow_ups (wave_id, state) INCLUDE (reason) WHERE wave_id IS NOT NULL;

-- How the last real talk with a person went: what a wave asks about, kept so that nobody reads a hundred thousand talks for it.
ALTER TABLE conversations
    ADD COLUMN light     text NOT NULL DEFAULT '', -- the last one that was pressed
    ADD COLUMN last_step text NOT NULL DEFAULT ''; -- the step in which it ended
UPDATE conversations c SET
    light = COALESCE((SELECT e.data ->> 'colour' FROM events e WHERE e.conversation_id = c.id AND e.type = 'light' ORDER BY e.seq DESC LIMIT 1), ''),
    last_step = COALESCE((SELECT e.data ->> 'step' FROM events e WHERE e.conversation_id = c.id AND e.type IN ('visit', 'light') ORDER BY e.seq DESC LIMIT 1), '')
WHERE state = 'wrapped';

CREATE TABLE last_talks (
    person_id       text PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    conversation_id text NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    at              timestamptz NOT NULL,
    kind            text NOT NULL,
    light           text NOT NULL,
    last_step       text NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX last_talks_conversation ON last_talks (conversation_id);
INSERT INTO last_talks
SELECT DISTINCT ON (person_id) person_id, id, started_at, kind, light, last_step FROM conversations
WHERE state = 'wrapped' AND outcome IN ('commitment', 'connected', 'no_thanks') ORDER BY person_id, started_at DESC;

-- A wrap-up is saved, taken back and saved anew: whichever it was, the row says what holds now.
-- +goose StatementBegin
CREATE FUNCTION last_talk_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO last_talks AS l
    SELECT person_id, id, started_at, kind, light, last_step FROM conversations
    WHERE person_id = NEW.person_id AND state = 'wrapped' AND outcome IN ('commitment', 'connected', 'no_thanks') ORDER BY started_at DESC LIMIT 1
    ON CONFLICT (person_id) DO UPDATE SET conversation_id = EXCLUDED.conversation_id, at = EXCLUDED.at, kind = EXCLUDED.kind,
        light = EXCLUDED.light, last_step = EXCLUDED.last_step;
    IF NOT FOUND THEN
        DELETE FROM last_talks WHERE person_id = NEW.person_id;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER conversations_last_talk_new AFTER INSERT ON conversations FOR EACH ROW WHEN (NEW.state = 'wrapped') EXECUTE FUNCTION last_talk_follows();
CREATE TRIGGER conversations_last_talk AFTER UPDATE OF state, outcome, light, last_step ON conversations
    FOR EACH ROW WHEN (OLD.state = 'wrapped' OR NEW.state = 'wrapped') EXECUTE FUNCTION last_talk_follows();

-- Words without capitals and accents, so that "calefaccion" finds "Calefacción".
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    translate(lower(words), 'áàâäãåéèêëíìîïóòôöõúùûüñçý', 'aaaaaaeeeeiiiiooooouuuuncy');
CREATE INDEX learned_tag ON learned (lower(tag));
CREATE INDEX commitments_missed ON commitments (person_id) WHERE state = 'missed';

-- Who has said beforehand that they will come to a session.
CREATE TABLE sign_ups (
    session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    PRIMARY KEY (session_id, user_id)
);
CREATE INDEX sign_ups_user ON sign_ups (user_id);
