-- +goose Up

-- A coordinator's word that somebody is ready for more. Rows are kept: a word that was taken back was given once.
CREATE TABLE step_ups (
    id            text PRIMARY KEY,
    person_id     text NOT NULL REFERENCES people (id),
    by_user       text NOT NULL REFERENCES users (id),
    at            timestamptz NOT NULL,
    withdrawn_at  timestamptz,
    withdrawn_by  text REFERENCES users (id)
);
CREATE UNIQUE INDEX step_ups_open ON step_ups (person_id) WHERE withdrawn_at IS NULL;

-- What a session is for, in words, and who plays which role in it, one a line.
ALTER TABLE sessions
    ADD COLUMN script_id  text NOT NULL DEFAULT '', -- empty: the campaign's own
    ADD COLUMN when_words text NOT NULL DEFAULT '',
    ADD COLUMN goal       text NOT NULL DEFAULT '',
    ADD COLUMN roles      text NOT NULL DEFAULT '';
-- An empty ask is one that nobody has decided yet. Until now it meant that nothing is asked.
UPDATE sessions SET ask_id = 'none' WHERE ask_id = '';
ALTER TABLE sessions ADD CONSTRAINT sessions_open_with_ask CHECK (state <> 'open' OR ask_id <> '');

-- How a volunteer says their own name on the phone; empty: as they joined.
ALTER TABLE users ADD COLUMN spoken text NOT NULL DEFAULT '';

-- The languages in a list as people write it ("Spanish, English"), one bit each, 0 for a list in which we know none: then
-- nobody is kept apart for it.
CREATE FUNCTION tongues_in(list text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (CASE WHEN list ~* '\m(engl|ingl|en\M)' THEN 1 ELSE 0 END)
    | (CASE WHEN list ~* '\m(span|espa|castell|es\M)' THEN 2 ELSE 0 END)
    | (CASE WHEN list ~* '\m(fren|fran|fr\M)' THEN 4 ELSE 0 END)
    | (CASE WHEN list ~* '\m(portu|pt\M)' THEN 8 ELSE 0 END)
    | (CASE WHEN list ~* '\m(chin|mandar|canton|zh\M)' THEN 16 ELSE 0 END)
    | (CASE WHEN list ~* '\m(arab|árab|ar\M)' THEN 32 ELSE 0 END)
    | (CASE WHEN list ~* '\m(hait|creole|krey|ht\M)' THEN 64 ELSE 0 END)
    | (CASE WHEN list ~* '\m(russ|rus|ru\M)' THEN 128 ELSE 0 END)
    | (CASE WHEN list ~* '\m(viet|vi\M)' THEN 256 ELSE 0 END)
    | (CASE WHEN list ~* '\m(tagal|filip|tl\M)' THEN 512 ELSE 0 END)
    | (CASE WHEN list ~* '\m(kore|corea|ko\M)' THEN 1024 ELSE 0 END);

-- What a person on a list speaks, so that the claim needs no other table for it.
ALTER TABLE call_list ADD COLUMN tongues integer NOT NULL DEFAULT 0;
UPDATE call_list l SET tongues = tongues_in(p.languages) FROM people p WHERE p.id = l.person_id AND p.languages <> '';
-- People who speak no English are few, and found first for whoever speaks with them.
CREATE INDEX call_list_apart ON call_list (campaign_id, priority, zones, next_attempt_at) WHERE state = 'waiting' AND tongues <> 0 AND tongues & 1 = 0;

-- What somebody speaks is learned in talks, in imports and by hand; their places on the lists follow, whoever wrote it.
-- +goose StatementBegin
CREATE FUNCTION lists_follow_languages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE call_list SET tongues = tongues_in(NEW.languages) WHERE person_id = NEW.id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER people_languages AFTER UPDATE OF languages ON people
    FOR EACH ROW WHEN (OLD.languages IS DISTINCT FROM NEW.languages) EXECUTE FUNCTION lists_follow_languages();
