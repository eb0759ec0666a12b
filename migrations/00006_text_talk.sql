-- +goose Up

-- A talk that began by text: what the person texts belongs to it, also while it goes on as a call.
ALTER TABLE conversations ADD COLUMN texted boolean NOT NULL DEFAULT false;

-- One such talk with a person at a time, whoever holds it.
CREATE UNIQUE INDEX conversations_texted ON conversations (person_id) WHERE texted AND state = 'open';

-- How many texts a talk has sent: that tells one press of Send from the press before it.
CREATE INDEX outbox_conversation ON outbox (conversation_id) WHERE conversation_id IS NOT NULL;
