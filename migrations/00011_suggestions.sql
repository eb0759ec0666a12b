-- +goose Up

-- What a text of theirs seems to say about a promise or a call. A person confirms or dismisses it; nothing happens by itself.
CREATE TABLE suggestions (
    id            text PRIMARY KEY,
    message_id    text NOT NULL UNIQUE REFERENCES messages (id), -- one reading of one text, however often it is read
    person_id     text NOT NULL REFERENCES people (id),
    phone_id      text NOT NULL REFERENCES phones (id),
    commitment_id text REFERENCES commitments (id) ON DELETE SET NULL,
    follow_up_id  text REFERENCES follow_ups (id), -- the call that would move
    kind          text NOT NULL CHECK (kind IN ('settle', 'time', 'ask')),
    event         text NOT NULL DEFAULT '' CHECK (event IN ('', 'kept', 'partly', 'missed', 'moved', 'let_go')),
    local_wish    text NOT NULL DEFAULT '',
    zone          text NOT NULL DEFAULT '',
    falls         boolean NOT NULL DEFAULT false, -- what was planned will not be, they say
    plain         boolean NOT NULL DEFAULT false, -- the whole text says just this
    spanish       boolean NOT NULL DEFAULT false, -- the language of the text
    ask           text NOT NULL DEFAULT '',       -- what a person should ask, in English: the key of the sentence
    reply         text NOT NULL DEFAULT '',       -- what a person may write back, in the language of the text
    state         text NOT NULL CHECK (state IN ('open', 'confirmed', 'dismissed')),
    why           text NOT NULL DEFAULT '',
    at            timestamptz NOT NULL,
    decided_by    text REFERENCES users (id), -- nobody: it fell away by itself
    decided_at    timestamptz,
    CHECK (kind <> 'settle' OR event <> ''),
    CHECK (kind <> 'time' OR local_wish <> '' AND zone <> ''),
    CHECK (state <> 'confirmed' OR decided_at IS NOT NULL)
);
CREATE INDEX suggestions_open ON suggestions (phone_id) WHERE state = 'open';
CREATE INDEX suggestions_person ON suggestions (person_id, at DESC);

-- An inbound text is weighed once. Whatever process dies in between, the next one finds it here.
ALTER TABLE messages ADD COLUMN weighed_at timestamptz;
UPDATE messages SET weighed_at = at WHERE direction = 'in';
CREATE INDEX messages_unweighed ON messages (phone_id) WHERE direction = 'in' AND weighed_at IS NULL;

-- A check-in that is not answered leads to a call, unless somebody said otherwise.
ALTER TABLE follow_ups ADD COLUMN call_if_silent boolean NOT NULL DEFAULT false;
CREATE INDEX follow_ups_silent ON follow_ups (done_at) WHERE call_if_silent AND state = 'done';
CREATE INDEX follow_ups_commitment ON follow_ups (commitment_id) WHERE commitment_id IS NOT NULL;

-- A promise that was moved ends as moved; the one that takes its place knows it.
ALTER TABLE commitments ADD COLUMN moved_from text UNIQUE REFERENCES commitments (id) ON DELETE SET NULL;
CREATE INDEX commitments_due ON commitments (by_at) WHERE state = 'open';

-- Since when texts to this person go by a person's press only (two promises missed in a row), and when that was last lifted.
ALTER TABLE people
    ADD COLUMN by_hand_since timestamptz,
    ADD COLUMN by_hand_lifted_at timestamptz;
