-- Every channel: lines of several kinds, what becomes of messages, groups with topics, one person at several addresses.

-- Lines -------------------------------------------------------------------------------------------------------

ALTER TABLE lines
  ADD COLUMN settings text,                    -- sealed; null: the environment names this line
  ADD COLUMN linking text,                     -- what the QR says while an account waits to be linked
  ADD COLUMN linking_at timestamptz,
  ADD COLUMN restart_at timestamptz,           -- somebody asked for it to be started anew (or linked again)
  ADD COLUMN removed_at timestamptz,
  ADD COLUMN last_up_at timestamptz,           -- last seen working; a long gap may have cost messages
  ADD COLUMN last_sent_at timestamptz,
  ADD COLUMN last_error text,
  ADD COLUMN last_error_at timestamptz;

-- A line that serves some villages, not one (lines.village_id) and not all: these.
CREATE TABLE line_villages (
  line_id text NOT NULL REFERENCES lines (id) ON DELETE CASCADE,
  village_id text NOT NULL REFERENCES villages (id),
  PRIMARY KEY (line_id, village_id)
);

-- The road ----------------------------------------------------------------------------------------------------

ALTER TABLE conversations
  ADD COLUMN is_private boolean NOT NULL DEFAULT false,   -- the phone's owner keeps this chat: nothing of it is stored
  ADD COLUMN owner_until timestamptz,                     -- the phone's owner has the word there until then
  ADD COLUMN held_since timestamptz;                      -- only a template may go: what waits goes when the person writes
CREATE INDEX conversations_quiet ON conversations (line_id) WHERE is_private OR owner_until IS NOT NULL;
CREATE INDEX conversations_held ON conversations (held_since) WHERE held_since IS NOT NULL;

ALTER TABLE outbound_messages
  ADD COLUMN begun_at timestamptz,             -- when the last try began, where the outcome may be looked up
  ADD COLUMN template_at timestamptz,          -- the template that tells of it went out
  ADD COLUMN moved_to uuid REFERENCES conversations (id),   -- answered at another address of the same person
  DROP CONSTRAINT outbound_messages_state_check,
  ADD CONSTRAINT outbound_messages_state_check
    CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'moved'));

-- What a platform reports of each message that went out. A report may come before we know that we sent it.
CREATE TABLE sent_messages (
  line_id text NOT NULL,
  external_id text NOT NULL,
  seq bigint,                                  -- outbound_messages.seq, once known
  status text CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
  at timestamptz NOT NULL,                     -- of the report; before one came: when it was sent
  is_template boolean NOT NULL DEFAULT false,  -- the template that tells of the row, not the row itself
  failure text,                                -- what should follow (core/errors.ts), where it failed
  retry_after integer,                         -- seconds, where the platform said
  error text,
  settled_at timestamptz,                      -- what had to follow from the failure was done
  PRIMARY KEY (line_id, external_id)
);
CREATE INDEX sent_messages_seq ON sent_messages (seq) WHERE seq IS NOT NULL;
CREATE INDEX sent_messages_at ON sent_messages (at);
CREATE INDEX sent_messages_failed ON sent_messages (line_id) WHERE status = 'failed' AND settled_at IS NULL;

-- Groups ------------------------------------------------------------------------------------------------------

-- A village office's group: its notices go there, a topic for each case.
CREATE TABLE officer_groups (
  id uuid PRIMARY KEY,
  village_id text NOT NULL REFERENCES villages (id),
  conversation_id uuid NOT NULL UNIQUE REFERENCES conversations (id),
  linked_by uuid REFERENCES officers (id),
  linked_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE UNIQUE INDEX officer_groups_village ON officer_groups (village_id) WHERE ended_at IS NULL;

-- A topic of a group, by what it is about.
CREATE TABLE topics (
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  subject_id uuid NOT NULL,                    -- the case
  external_id text,                            -- null: the group has no topics
  buttons_id text,                             -- external id of the newest message with buttons
  is_closed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (conversation_id, subject_id)
);

-- People ------------------------------------------------------------------------------------------------------

-- A short code typed on another address, or a link's payload that brings a group.
CREATE TABLE link_codes (
  id uuid PRIMARY KEY,
  -- address: links another one; history: shows that an address is still its person's; group: brings a group.
  purpose text NOT NULL CHECK (purpose IN ('address', 'history', 'group')),
  code_hash text NOT NULL UNIQUE,              -- keyed digest: a short code is soon tried out
  address_id uuid REFERENCES addresses (id),   -- who asked for it: address; whose history it opens: history
  officer_id uuid REFERENCES officers (id),    -- who asked for it: group
  village_id text REFERENCES villages (id),    -- group
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

-- Two addresses of one person: asked on the one, typed on the other, confirmed on the first.
CREATE TABLE address_links (
  id uuid PRIMARY KEY,
  code_id uuid NOT NULL UNIQUE REFERENCES link_codes (id),
  address_id uuid NOT NULL REFERENCES addresses (id),          -- the one that joins
  from_resident_id uuid NOT NULL REFERENCES residents (id),    -- who it was before
  to_address_id uuid NOT NULL REFERENCES addresses (id),       -- the original one
  to_resident_id uuid NOT NULL REFERENCES residents (id),
  asked_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  refused_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX address_links_address ON address_links (address_id);
CREATE INDEX address_links_to ON address_links (to_address_id);

-- Several people at one address: addresses.resident_id is who has the word.
CREATE TABLE address_profiles (
  address_id uuid NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
  resident_id uuid NOT NULL REFERENCES residents (id),
  name text NOT NULL,                          -- 'Bapak Slamet': how the address calls them
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  PRIMARY KEY (address_id, resident_id)
);
CREATE INDEX address_profiles_resident ON address_profiles (resident_id);

ALTER TABLE addresses
  ADD COLUMN hidden_since timestamptz,         -- history is hidden until the person shows that it is theirs
  ADD COLUMN confirmed_at timestamptz;         -- when they last did

-- Two addresses that turned out to be one (@lid and phone): what the newer one had goes to the older one, at once or,
-- where somebody works in one of its conversations, a moment later (merged_at). What still arrives is sent on.
ALTER TABLE addresses
  ADD COLUMN merged_into uuid REFERENCES addresses (id),
  ADD COLUMN merged_at timestamptz;
CREATE INDEX addresses_merging ON addresses (id) WHERE merged_into IS NOT NULL AND merged_at IS NULL;
ALTER TABLE conversations ADD COLUMN merged_into uuid REFERENCES conversations (id);

-- Opened while the history of its resident was hidden: knowing its number shows nothing about who somebody is.
ALTER TABLE cases ADD COLUMN is_unproven boolean NOT NULL DEFAULT false;
