-- +goose Up

-- The ladder: a person's rung changes only by a move that a coordinator decided.
ALTER TABLE people ADD COLUMN rung smallint NOT NULL DEFAULT 0 CHECK (rung BETWEEN 0 AND 9);

-- The rung of the ask that a promise answers; 0 where it answers none.
ALTER TABLE commitments ADD COLUMN rung smallint NOT NULL DEFAULT 0;

-- Every move up or down, with what speaks for it. Rows are kept: this is the history of a relationship.
CREATE TABLE rung_moves (
    id              text PRIMARY KEY,
    person_id       text NOT NULL REFERENCES people (id),
    from_rung       smallint NOT NULL,
    to_rung         smallint NOT NULL CHECK (to_rung BETWEEN 0 AND 9),
    ground          text NOT NULL CHECK (ground IN ('stake', 'kept', 'kept_two', 'by_hand')),
    evidence        text NOT NULL CHECK (evidence <> ''),
    commitment_id   text REFERENCES commitments (id) ON DELETE SET NULL,
    conversation_id text REFERENCES conversations (id),
    state           text NOT NULL CHECK (state IN ('proposed', 'approved', 'declined', 'withdrawn')),
    proposed_by     text REFERENCES users (id), -- nobody: the product did, from the evidence
    proposed_at     timestamptz NOT NULL,
    decided_by      text REFERENCES users (id),
    decided_at      timestamptz,
    note            text NOT NULL DEFAULT '',
    CHECK (from_rung <> to_rung),
    CHECK (state NOT IN ('approved', 'declined') OR decided_by IS NOT NULL AND decided_at IS NOT NULL)
);
CREATE UNIQUE INDEX rung_moves_open ON rung_moves (person_id) WHERE state = 'proposed';
CREATE INDEX rung_moves_person ON rung_moves (person_id, proposed_at);

-- How a person stood in each talk, as it was heard: people.support and people.leader hold only the latest.
CREATE TABLE heard_stands (
    conversation_id text PRIMARY KEY REFERENCES conversations (id),
    person_id       text NOT NULL REFERENCES people (id),
    support         text NOT NULL DEFAULT '' CHECK (support IN ('', 'strong_yes', 'leaning_yes', 'unsure', 'leaning_no', 'no', 'not_heard')),
    leader          boolean NOT NULL DEFAULT false,
    why             text NOT NULL DEFAULT '',
    heard_by        text REFERENCES users (id),
    at              timestamptz NOT NULL
);
CREATE INDEX heard_stands_person ON heard_stands (person_id, at DESC);

-- The report reads talks of a period.
CREATE INDEX conversations_started ON conversations (started_at);
