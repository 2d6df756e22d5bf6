-- What reaches an officer, and how: pace, quiet hours, a live board, digests, messages that are edited in place.

-- Which message of a chat holds a slot (Outgoing.slot), so that the next one of that slot edits it.
CREATE TABLE message_slots (
  line_id text NOT NULL REFERENCES lines (id),
  chat_id text NOT NULL,
  slot text NOT NULL,
  external_id text NOT NULL,
  has_buttons boolean NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (line_id, chat_id, slot)
);
CREATE INDEX message_slots_noted ON message_slots (noted_at);

ALTER TABLE officers
  ADD COLUMN pace text NOT NULL DEFAULT 'board'
    CHECK (pace IN ('board', 'immediate', 'hourly', 'morning', 'console')),
  -- By the clock of the village; from = until: none.
  ADD COLUMN quiet_from time NOT NULL DEFAULT '20:00',
  ADD COLUMN quiet_until time NOT NULL DEFAULT '06:00',
  -- null: where they wrote last.
  ADD COLUMN preferred_platform text CHECK (preferred_platform IN ('telegram', 'whatsapp'));

ALTER TABLE notifications
  -- When it is told, and how; null: nobody weighed it yet (core/pace.ts).
  ADD COLUMN tell_at timestamptz,
  ADD COLUMN way text CHECK (way IN ('alone', 'digest'));
CREATE INDEX notifications_tell_at ON notifications (tell_at, created_at, id) WHERE told_at IS NULL;

-- The live board of an officer: one message in one chat.
CREATE TABLE officer_boards (
  officer_id uuid PRIMARY KEY REFERENCES officers (id),
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  -- Digest of what it shows; null: nothing yet.
  shown text,
  shown_at timestamptz,
  -- Something changed since it was shown.
  wanted_at timestamptz,
  -- When the next working day begins: it is then sent anew, to the bottom of the chat.
  renew_at timestamptz,
  -- When time alone changes it: a promise runs out, or the day begins.
  look_at timestamptz
);
CREATE INDEX officer_boards_wanted ON officer_boards (wanted_at) WHERE wanted_at IS NOT NULL;
CREATE INDEX officer_boards_look_at ON officer_boards (look_at);

-- Villages in which something changed that boards show. Only ever added to, so that no act waits for another's.
CREATE TABLE board_wishes (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  village_id text NOT NULL REFERENCES villages (id)
);
