-- The PIN by which an officer signs. Six digits are few: a slow hash over a keyed digest (store/pinHash.ts), so that whoever
-- has the database, or a backup, cannot try them without the installation's key as well.
CREATE TABLE officer_pins (
  officer_id uuid PRIMARY KEY REFERENCES officers (id) ON DELETE CASCADE,
  hash text NOT NULL,
  failures int NOT NULL DEFAULT 0,
  locked_until timestamptz,
  changed_at timestamptz NOT NULL
);

-- Where a chat has no keypad: a page of one use, on which a signed-in officer signs these cases.
CREATE TABLE sign_pages (
  id uuid PRIMARY KEY,
  token_hash text NOT NULL,
  officer_id uuid NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
  conversation_id uuid REFERENCES conversations (id) ON DELETE CASCADE,
  codes text[] NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE UNIQUE INDEX sign_pages_token_hash_key ON sign_pages (token_hash);
CREATE INDEX sign_pages_expires_at ON sign_pages (expires_at);
