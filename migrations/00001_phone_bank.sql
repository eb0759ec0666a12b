-- +goose Up

-- Who works with us.
CREATE TABLE users (
    id          text PRIMARY KEY,
    name        text NOT NULL,
    role        text NOT NULL CHECK (role IN ('volunteer', 'lead', 'coordinator', 'admin')),
    phone       text NOT NULL DEFAULT '',
    place       text NOT NULL DEFAULT '',
    stake       text NOT NULL DEFAULT '',
    languages   text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    removed_at  timestamptz
);

-- Every secret is kept as its SHA-256 only.
CREATE TABLE secrets (
    hash        bytea PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('login', 'link', 'token')),
    user_id     text NOT NULL REFERENCES users (id),
    shift_id    text,
    name        text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    used_at     timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX secrets_user ON secrets (user_id);

CREATE TABLE scripts (
    id          text NOT NULL,
    version     integer NOT NULL,
    status      text NOT NULL CHECK (status IN ('draft', 'live', 'retired')),
    title       text NOT NULL,
    document    jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE campaigns (
    id          text PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    number      text NOT NULL,
    script_id   text NOT NULL,
    zone        text NOT NULL,
    created_at  timestamptz NOT NULL
);

-- A number, and what may be done with it: opt-outs and holds reach everybody on it.
CREATE TABLE phones (
    id              text PRIMARY KEY,
    number          text NOT NULL UNIQUE,
    zones           text NOT NULL DEFAULT '',
    opted_out_at    timestamptz,
    opted_out_how   text NOT NULL DEFAULT '',
    opted_out_words text NOT NULL DEFAULT '',
    hold_since      timestamptz,
    hold_words      text NOT NULL DEFAULT '',
    bad_at          timestamptz,
    no_texts_at     timestamptz,
    last_inbound_at timestamptz,
    waiting_since   timestamptz, -- a text of theirs that nobody has answered
    held_by         text,        -- the shift that holds the number: one volunteer at a time
    held_until      timestamptz,
    created_at      timestamptz NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX phones_waiting ON phones (waiting_since) WHERE waiting_since IS NOT NULL;
CREATE INDEX phones_hold ON phones (hold_since) WHERE hold_since IS NOT NULL;
CREATE INDEX phones_held ON phones (held_by) WHERE held_by IS NOT NULL;
CREATE INDEX phones_held_until ON phones (held_until) WHERE held_by IS NOT NULL;

CREATE TABLE people (
    id              text PRIMARY KEY,
    phone_id        text NOT NULL REFERENCES phones (id),
    owner_id        text REFERENCES users (id),
    name            text NOT NULL,
    first_name      text NOT NULL,
    say_name        text NOT NULL DEFAULT '',
    place           text NOT NULL DEFAULT '',
    languages       text NOT NULL DEFAULT '',
    zone            text NOT NULL DEFAULT '',
    support         text NOT NULL DEFAULT '',
    leader          text NOT NULL DEFAULT '',
    external_id     text NOT NULL DEFAULT '',
    last_contact_at timestamptz,
    created_at      timestamptz NOT NULL,
    UNIQUE (phone_id, name)
);
CREATE INDEX people_owner ON people (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX people_search ON people (lower(name));

-- Who may be contacted how, on whose word. Rows are added, never changed.
CREATE TABLE consents (
    id          text PRIMARY KEY,
    person_id   text REFERENCES people (id),
    phone_id    text NOT NULL REFERENCES phones (id),
    channel     text NOT NULL CHECK (channel IN ('text', 'call', 'text_ok', 'all')),
    given       boolean NOT NULL,
    source      text NOT NULL,
    words       text NOT NULL DEFAULT '',
    stated_by   text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL,
    UNIQUE (person_id, channel, source)
);
CREATE INDEX consents_phone ON consents (phone_id);

-- A person's place on a campaign's list.
CREATE TABLE call_list (
    campaign_id     text NOT NULL REFERENCES campaigns (id),
    person_id       text NOT NULL REFERENCES people (id),
    phone_id        text NOT NULL REFERENCES phones (id),
    zones           text NOT NULL,
    priority        smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 3),
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'held', 'done')),
    next_attempt_at timestamptz NOT NULL,
    tries           smallint NOT NULL DEFAULT 0,
    why             text NOT NULL DEFAULT '',
    PRIMARY KEY (campaign_id, person_id)
) WITH (fillfactor = 85);
CREATE INDEX call_list_next ON call_list (campaign_id, priority, zones, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX call_list_person ON call_list (person_id);
CREATE INDEX call_list_phone ON call_list (phone_id);

-- The few sets of zones that people on lists may be in: the claim probes those whose hours are open.
CREATE TABLE zone_sets (
    zones text PRIMARY KEY
);

CREATE TABLE sessions (
    id          text PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES campaigns (id),
    name        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('planned', 'open', 'ended')),
    ask_id      text NOT NULL DEFAULT '',
    briefing    text NOT NULL DEFAULT '',
    auto_admit  boolean NOT NULL DEFAULT false,
    auto_call   integer NOT NULL DEFAULT 0 CHECK (auto_call BETWEEN 0 AND 60),
    join_hash   bytea NOT NULL UNIQUE,
    created_by  text NOT NULL REFERENCES users (id),
    created_at  timestamptz NOT NULL,
    opened_at   timestamptz,
    ended_at    timestamptz
);

CREATE TABLE shifts (
    id              text PRIMARY KEY,
    session_id      text NOT NULL REFERENCES sessions (id),
    user_id         text NOT NULL REFERENCES users (id),
    state           text NOT NULL CHECK (state IN ('off', 'connecting', 'break', 'ready', 'reserved', 'on_call', 'wrap_up')),
    admitted        boolean NOT NULL DEFAULT false,
    person_id       text REFERENCES people (id),
    follow_up_id    text,
    conversation_id text,
    leg_call_id     text,
    leg_joined      boolean NOT NULL DEFAULT false,
    conference_sid  text NOT NULL DEFAULT '',
    help            boolean NOT NULL DEFAULT false,
    practice        boolean NOT NULL DEFAULT false,
    seen_at         timestamptz NOT NULL,
    state_since     timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (session_id, user_id)
) WITH (fillfactor = 70);
CREATE INDEX shifts_here ON shifts (session_id) WHERE state <> 'off';

CREATE TABLE conversations (
    id              text PRIMARY KEY,
    campaign_id     text NOT NULL REFERENCES campaigns (id),
    session_id      text REFERENCES sessions (id),
    shift_id        text REFERENCES shifts (id),
    person_id       text NOT NULL REFERENCES people (id),
    user_id         text REFERENCES users (id),
    channel         text NOT NULL CHECK (channel IN ('call', 'text', 'in_person')),
    state           text NOT NULL CHECK (state IN ('open', 'ended', 'wrapped')),
    script_id       text NOT NULL,
    script_version  integer NOT NULL,
    locale          text NOT NULL DEFAULT 'en',
    outcome         text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'commitment', 'connected', 'no_thanks', 'callback', 'needs_language', 'bad_number', 'opt_out')),
    wrap            jsonb,
    holder          text NOT NULL DEFAULT '',
    held_at         timestamptz,
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    wrapped_at      timestamptz
);
CREATE INDEX conversations_person ON conversations (person_id, started_at DESC);
CREATE INDEX conversations_owed ON conversations (user_id) WHERE state <> 'wrapped';

-- What the volunteer marked, in the order it was stored. The id is the browser's, so a repeat is the same row.
CREATE TABLE events (
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    id              text PRIMARY KEY,
    conversation_id text NOT NULL REFERENCES conversations (id),
    at              timestamptz NOT NULL,
    stored_at       timestamptz NOT NULL,
    type            text NOT NULL,
    data            jsonb NOT NULL
);
CREATE INDEX events_conversation ON events (conversation_id, seq);

-- A person's own words, dated, with who heard them.
CREATE TABLE words (
    person_id       text NOT NULL REFERENCES people (id),
    name            text NOT NULL,
    value           text NOT NULL,
    label           text NOT NULL DEFAULT '',
    conversation_id text NOT NULL REFERENCES conversations (id),
    heard_by        text REFERENCES users (id),
    at              timestamptz NOT NULL,
    PRIMARY KEY (person_id, name, conversation_id)
);

-- What we are hearing, beside the answer.
CREATE TABLE learned (
    id              text PRIMARY KEY,
    conversation_id text NOT NULL REFERENCES conversations (id),
    tag             text NOT NULL,
    words           text NOT NULL,
    at              timestamptz NOT NULL
);
CREATE INDEX learned_conversation ON learned (conversation_id);

CREATE TABLE commitments (
    id              text PRIMARY KEY,
    campaign_id     text NOT NULL REFERENCES campaigns (id),
    person_id       text NOT NULL REFERENCES people (id),
    conversation_id text REFERENCES conversations (id),
    user_id         text REFERENCES users (id),
    what            text NOT NULL,
    by_local        text NOT NULL,
    zone            text NOT NULL,
    by_at           timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('open', 'kept', 'partly', 'missed', 'moved', 'let_go')),
    created_at      timestamptz NOT NULL,
    settled_at      timestamptz
);
CREATE INDEX commitments_person ON commitments (person_id);

CREATE TABLE waves (
    id          text PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES campaigns (id),
    session_id  text REFERENCES sessions (id),
    name        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('draft', 'scheduled', 'live', 'done')),
    created_by  text NOT NULL REFERENCES users (id),
    created_at  timestamptz NOT NULL
);

CREATE TABLE follow_ups (
    id              text PRIMARY KEY,
    campaign_id     text NOT NULL REFERENCES campaigns (id),
    person_id       text NOT NULL REFERENCES people (id),
    phone_id        text NOT NULL REFERENCES phones (id),
    conversation_id text,
    commitment_id   text REFERENCES commitments (id),
    owner_id        text REFERENCES users (id),
    wave_id         text REFERENCES waves (id),
    session_id      text,
    channel         text NOT NULL CHECK (channel IN ('text', 'call')),
    reason          text NOT NULL CHECK (reason IN ('before_commitment', 'after_commitment', 'scheduled_call', 'revisit', 'maintenance', 'first_week', 'returned_call', 'unanswered_text', 'needs_language', 'retaliation', 'asked')),
    state           text NOT NULL CHECK (state IN ('planned', 'due', 'offered', 'in_progress', 'done', 'failed', 'needs_person', 'cancelled', 'expired')),
    body            text NOT NULL DEFAULT '',
    automatic       boolean NOT NULL DEFAULT false,
    local_wish      text NOT NULL,
    zone            text NOT NULL,
    due_at          timestamptz NOT NULL,
    not_after       timestamptz NOT NULL,
    why             text NOT NULL DEFAULT '',
    generation      integer NOT NULL DEFAULT 0,
    tries           smallint NOT NULL DEFAULT 0,
    rung_at         timestamptz,
    created_at      timestamptz NOT NULL,
    done_at         timestamptz
) WITH (fillfactor = 85);
CREATE INDEX follow_ups_person ON follow_ups (person_id);
CREATE INDEX follow_ups_phone_open ON follow_ups (phone_id) WHERE state IN ('planned', 'due', 'offered', 'needs_person');
CREATE INDEX follow_ups_planned ON follow_ups (due_at) WHERE state = 'planned';
CREATE INDEX follow_ups_calls ON follow_ups (campaign_id, due_at) WHERE channel = 'call' AND state = 'due';

CREATE TABLE calls (
    id              text PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('outbound', 'inbound', 'volunteer', 'test')),
    state           text NOT NULL CHECK (state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged', 'ended', 'wrapped')),
    result          text NOT NULL DEFAULT '' CHECK (result IN ('', 'answered', 'no_answer', 'busy', 'voicemail', 'failed', 'canceled')),
    sid             text UNIQUE,
    token           text NOT NULL UNIQUE,
    campaign_id     text REFERENCES campaigns (id),
    shift_id        text REFERENCES shifts (id),
    person_id       text REFERENCES people (id),
    phone_id        text REFERENCES phones (id),
    conversation_id text REFERENCES conversations (id),
    follow_up_id    text REFERENCES follow_ups (id),
    from_number     text NOT NULL,
    to_number       text NOT NULL,
    tries           smallint NOT NULL DEFAULT 1,
    sentence        text NOT NULL DEFAULT '',
    our_fault       boolean NOT NULL DEFAULT false,
    muted           boolean NOT NULL DEFAULT false,
    unknown         boolean NOT NULL DEFAULT false,
    error_code      integer NOT NULL DEFAULT 0,
    nonce           text UNIQUE,
    created_at      timestamptz NOT NULL,
    placed_at       timestamptz,
    answered_at     timestamptz,
    joined_at       timestamptz,
    bridged_at      timestamptz,
    ended_at        timestamptz,
    recording_sid   text NOT NULL DEFAULT '',
    recording_seconds integer NOT NULL DEFAULT 0,
    hang_up_at      timestamptz -- somebody asked for its end; the dialer carries it out
) WITH (fillfactor = 80);
CREATE INDEX calls_to_place ON calls (created_at) WHERE state = 'reserved';
CREATE INDEX calls_to_hang_up ON calls (hang_up_at) WHERE hang_up_at IS NOT NULL AND state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged');
CREATE INDEX calls_live ON calls (created_at) WHERE state IN ('placing', 'ringing', 'answered', 'bridged');
CREATE INDEX calls_phone ON calls (phone_id, created_at DESC);
CREATE INDEX calls_conversation ON calls (conversation_id);
CREATE INDEX calls_follow_up ON calls (follow_up_id) WHERE follow_up_id IS NOT NULL;
CREATE INDEX calls_newest ON calls (created_at DESC);
CREATE INDEX calls_shift ON calls (shift_id, created_at DESC);

CREATE TABLE messages (
    id              text PRIMARY KEY,
    direction       text NOT NULL CHECK (direction IN ('in', 'out')),
    state           text NOT NULL CHECK (state IN ('planned', 'received', 'accepted', 'scheduled', 'queued', 'sending', 'sent', 'canceled', 'failed', 'undelivered', 'delivered', 'read')),
    sid             text UNIQUE,
    campaign_id     text,
    person_id       text REFERENCES people (id),
    phone_id        text NOT NULL REFERENCES phones (id),
    user_id         text,
    conversation_id text,
    from_number     text NOT NULL,
    to_number       text NOT NULL,
    body            text NOT NULL,
    media           integer NOT NULL DEFAULT 0,
    error_code      integer NOT NULL DEFAULT 0,
    automatic       boolean NOT NULL DEFAULT false,
    at              timestamptz NOT NULL,
    seen_at         timestamptz
);
CREATE INDEX messages_phone ON messages (phone_id, at DESC);
CREATE INDEX messages_newest ON messages (at DESC);

-- Every webhook once: the key is Twilio's own name of the event.
CREATE TABLE inbox (
    key text PRIMARY KEY,
    at  timestamptz NOT NULL
);

-- Every text that must leave, at most once.
CREATE TABLE outbox (
    id              text PRIMARY KEY,
    state           text NOT NULL CHECK (state IN ('held', 'ready', 'sending', 'accepted', 'unknown', 'failed', 'cancelled', 'expired')),
    follow_up_id    text REFERENCES follow_ups (id),
    step            integer NOT NULL DEFAULT 1,
    nonce           text UNIQUE,
    campaign_id     text,
    person_id       text REFERENCES people (id),
    phone_id        text NOT NULL REFERENCES phones (id),
    user_id         text,
    conversation_id text,
    message_id      text UNIQUE REFERENCES messages (id),
    from_number     text NOT NULL,
    to_number       text NOT NULL,
    body            text NOT NULL,
    automatic       boolean NOT NULL DEFAULT false,
    legal           boolean NOT NULL DEFAULT false,
    generation      integer NOT NULL DEFAULT 0,
    attempt         integer NOT NULL DEFAULT 0,
    token           text NOT NULL UNIQUE,
    sid             text UNIQUE,
    not_before      timestamptz NOT NULL,
    not_after       timestamptz NOT NULL,
    rung_at         timestamptz,
    claimed_at      timestamptz,
    error_code      integer NOT NULL DEFAULT 0,
    why             text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    UNIQUE (follow_up_id, step)
) WITH (fillfactor = 80);
CREATE INDEX outbox_due ON outbox (not_before) WHERE state = 'ready';
CREATE INDEX outbox_leased ON outbox (claimed_at) WHERE state = 'sending';
CREATE INDEX outbox_unknown ON outbox (claimed_at) WHERE state = 'unknown';
CREATE INDEX outbox_phone_open ON outbox (phone_id) WHERE state IN ('held', 'ready');
-- The cap per number and day counts claims.
CREATE INDEX outbox_cap ON outbox (phone_id, claimed_at) WHERE claimed_at IS NOT NULL;

-- "Pause everything": while one row is not lifted, nothing is sent and nobody is rung.
CREATE TABLE pauses (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    by_user   text NOT NULL REFERENCES users (id),
    lifted_at timestamptz,
    lifted_by text REFERENCES users (id)
);
CREATE UNIQUE INDEX pauses_one ON pauses ((true)) WHERE lifted_at IS NULL;

CREATE TABLE imports (
    id          text PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES campaigns (id),
    file_name   text NOT NULL,
    by_user     text NOT NULL,
    report      jsonb NOT NULL,
    rejects     text NOT NULL,
    at          timestamptz NOT NULL
);

-- What happened to which row, by whom: every change of a state leaves one line.
CREATE TABLE journal (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    thing       text NOT NULL,
    thing_id    text NOT NULL,
    event       text NOT NULL,
    from_state  text NOT NULL DEFAULT '',
    to_state    text NOT NULL DEFAULT '',
    by_user     text NOT NULL DEFAULT '',
    note        text NOT NULL DEFAULT ''
);
CREATE INDEX journal_thing ON journal (thing, thing_id);
