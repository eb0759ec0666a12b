-- +goose Up

-- The coordinators' board: what is still to come, in the order in which it falls due, of everybody or of one owner.
CREATE INDEX follow_ups_board ON follow_ups (due_at, id) INCLUDE (owner_id)
    WHERE state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person') AND reason NOT IN ('wave', 'heads_up');
CREATE INDEX follow_ups_board_owner ON follow_ups (owner_id, due_at, id)
    WHERE state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person') AND reason NOT IN ('wave', 'heads_up');
