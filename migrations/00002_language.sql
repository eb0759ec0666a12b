-- +goose Up

-- In which language somebody reads our pages; empty: as their browser asks.
ALTER TABLE users ADD COLUMN locale text NOT NULL DEFAULT '' CHECK (locale IN ('', 'en', 'es'));
