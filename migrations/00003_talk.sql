-- +goose Up

-- What was settled before the talk began: which kind of one-on-one it is, and its one ask ('none': nothing is asked today).
ALTER TABLE conversations ADD COLUMN kind text NOT NULL DEFAULT 'any' CHECK (kind IN ('recruitment', 'maintenance', 'escalation', 'any'));
ALTER TABLE conversations ADD COLUMN ask_id text NOT NULL DEFAULT 'none';
UPDATE conversations c SET ask_id = s.ask_id FROM sessions s WHERE s.id = c.session_id AND s.ask_id <> '';
UPDATE conversations c SET kind = s.document ->> 'kind' FROM scripts s WHERE s.id = c.script_id AND s.version = c.script_version;
