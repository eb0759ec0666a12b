-- +goose Up

-- "I'll find out": a question that nobody could answer in the talk is a promise like any other.
ALTER TABLE follow_ups DROP CONSTRAINT follow_ups_reason_check;
ALTER TABLE follow_ups ADD CONSTRAINT follow_ups_reason_check CHECK (reason IN ('before_commitment', 'after_commitment', 'scheduled_call', 'revisit',
    'maintenance', 'first_week', 'returned_call', 'unanswered_text', 'needs_language', 'retaliation', 'find_out', 'asked'));

-- Somebody told a volunteer that they were threatened or punished. A coordinator works through a plan with them.
CREATE TABLE retaliations (
    id              text PRIMARY KEY,
    person_id       text NOT NULL REFERENCES people (id),
    conversation_id text NOT NULL REFERENCES conversations (id),
    user_id         text NOT NULL REFERENCES users (id),
    follow_up_id    text REFERENCES follow_ups (id),
    words           text NOT NULL,
    checklist       jsonb NOT NULL DEFAULT '{}',
    note            text NOT NULL DEFAULT '',
    state           text NOT NULL CHECK (state IN ('open', 'closed')),
    at              timestamptz NOT NULL,
    closed_at       timestamptz,
    closed_by       text REFERENCES users (id)
);
CREATE INDEX retaliations_open ON retaliations (at) WHERE state = 'open';
CREATE INDEX retaliations_person ON retaliations (person_id);
CREATE INDEX retaliations_conversation ON retaliations (conversation_id);

-- How a volunteer says a line in their own way, in one language, in every talk by this script.
CREATE TABLE own_lines (
    user_id   text NOT NULL REFERENCES users (id),
    script_id text NOT NULL,
    step      text NOT NULL,
    line      text NOT NULL,
    locale    text NOT NULL,
    words     text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (user_id, script_id, step, line, locale)
);

-- "That was hard": a volunteer's own answer after a talk, until somebody has looked in on them.
ALTER TABLE conversations ADD COLUMN cared_at timestamptz;
CREATE INDEX conversations_hard ON conversations (wrapped_at) WHERE wrap ->> 'feeling' = 'hard' AND cared_at IS NULL;
