-- +goose Up

-- A draft is saved often and from several windows: revision counts the saves, and who saved last is told to the other.
ALTER TABLE scripts
    ADD COLUMN revision     integer NOT NULL DEFAULT 1,
    ADD COLUMN changed_at   timestamptz,
    ADD COLUMN changed_by   text REFERENCES users (id),
    ADD COLUMN published_at timestamptz,
    ADD COLUMN retired_at   timestamptz;
UPDATE scripts SET changed_at = created_at, published_at = CASE WHEN status = 'live' THEN created_at END;
ALTER TABLE scripts ALTER COLUMN changed_at SET NOT NULL;

-- How many talks each version has guided.
CREATE INDEX conversations_script ON conversations (script_id, script_version);
