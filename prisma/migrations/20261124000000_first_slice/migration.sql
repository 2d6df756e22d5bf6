-- Kentongan's tables. Plural snake_case; ids are UUIDv7 handed in by the program; times are timestamptz in UTC.
-- schema.prisma describes the same; a test holds the two together, column by column.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Places ------------------------------------------------------------------------------------------------------

CREATE TABLE districts (
  code text PRIMARY KEY,                       -- Kemendagri code, '35.10.01'
  name text NOT NULL
);

CREATE TABLE villages (
  id text PRIMARY KEY,                         -- Kemendagri code, '35.10.01.2001': the name the state gives it
  district_code text NOT NULL REFERENCES districts (code),
  name text NOT NULL,
  search_name text NOT NULL,                   -- lower case, no spaces: 'gentengwetan'
  type text NOT NULL CHECK (type IN ('desa', 'kelurahan')),
  state text NOT NULL DEFAULT 'listed' CHECK (state IN ('listed', 'invited', 'active', 'paused')),
  zone text NOT NULL DEFAULT 'Asia/Jakarta',
  office_code text,
  signer_title text,
  office_address text,
  office_phone text,
  midwife_phone text
);
CREATE INDEX villages_search_name ON villages USING gin (search_name gin_trgm_ops);

CREATE TABLE working_hours (
  id uuid PRIMARY KEY,
  village_id text REFERENCES villages (id),    -- null: the default of the installation
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),   -- ISO, 1 = Monday
  opens time NOT NULL,
  closes time NOT NULL,
  CHECK (opens < closes)
);
CREATE UNIQUE INDEX working_hours_once ON working_hours (coalesce(village_id, ''), weekday, opens);

CREATE TABLE holidays (
  id uuid PRIMARY KEY,
  village_id text REFERENCES villages (id),
  day date NOT NULL,
  name text NOT NULL
);
CREATE UNIQUE INDEX holidays_once ON holidays (coalesce(village_id, ''), day);

-- People ------------------------------------------------------------------------------------------------------

CREATE TABLE residents (
  id uuid PRIMARY KEY,
  village_id text REFERENCES villages (id),
  name text,
  language text NOT NULL DEFAULT 'id',
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE officers (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  phone text UNIQUE,                           -- 62…
  user_id text UNIQUE,                         -- the console's account, auth_users.id
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE officer_roles (
  id uuid PRIMARY KEY,
  officer_id uuid NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
  village_id text REFERENCES villages (id),    -- null: every village (the installation's own keepers)
  role text NOT NULL CHECK (role IN ('kepala_desa', 'sekretaris', 'kasi_pelayanan', 'kasi_pemerintahan',
    'kasi_kesejahteraan', 'kaur_tu', 'operator', 'bidan', 'kader', 'kepala_dusun', 'admin'))
);
CREATE UNIQUE INDEX officer_roles_once ON officer_roles (officer_id, coalesce(village_id, ''), role);
CREATE INDEX officer_roles_village ON officer_roles (village_id);

CREATE TABLE addresses (
  id uuid PRIMARY KEY,
  platform text NOT NULL CHECK (platform IN ('telegram', 'whatsapp', 'simulator')),
  resident_id uuid NOT NULL REFERENCES residents (id),
  officer_id uuid REFERENCES officers (id),    -- linked by an accepted invite
  phone text,                                  -- proven by the platform, 62…
  display_name text,
  blocked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX addresses_officer ON addresses (officer_id) WHERE officer_id IS NOT NULL;
CREATE INDEX addresses_resident ON addresses (resident_id);

CREATE TABLE address_ids (
  platform text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('telegram', 'simulator', 'phone', 'lid', 'bsuid')),
  value text NOT NULL,
  address_id uuid NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
  PRIMARY KEY (platform, kind, value)
);
CREATE INDEX address_ids_address ON address_ids (address_id);

CREATE TABLE invites (
  id uuid PRIMARY KEY,
  officer_id uuid NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
  token_hash text NOT NULL UNIQUE,             -- sha256 hex; the token itself is shown once
  phone text NOT NULL,                         -- who may accept: 62…
  invited_by uuid REFERENCES officers (id),    -- null: from the command line
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  address_id uuid REFERENCES addresses (id),
  confirmed_at timestamptz,
  refused_at timestamptz
);

CREATE TABLE consents (
  id uuid PRIMARY KEY,
  resident_id uuid NOT NULL REFERENCES residents (id),
  purpose text NOT NULL,
  version text NOT NULL,
  given boolean NOT NULL,
  platform text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX consents_resident ON consents (resident_id, purpose, at);

-- The road ----------------------------------------------------------------------------------------------------

CREATE TABLE lines (
  id text PRIMARY KEY,                         -- 'telegram:7001', 'sim:resident'
  platform text NOT NULL,
  name text NOT NULL,
  village_id text REFERENCES villages (id),    -- null: serves many, asks for the village
  state text NOT NULL DEFAULT 'stopped',
  state_reason text,
  state_at timestamptz,
  next_send_at timestamptz,
  receive_offset text,
  lease_owner text,
  lease_until timestamptz,
  last_received_at timestamptz
);

CREATE TABLE conversations (
  id uuid PRIMARY KEY,
  address_id uuid NOT NULL REFERENCES addresses (id),
  line_id text NOT NULL REFERENCES lines (id),
  chat_id text NOT NULL,
  is_group boolean NOT NULL DEFAULT false,
  session jsonb NOT NULL DEFAULT '{}',
  private text,                                -- sealed bag of sensitive answers
  version integer NOT NULL DEFAULT 0,
  wake_at timestamptz,                         -- not before: a failed conversation rests, a gathering waits
  failures smallint NOT NULL DEFAULT 0,
  next_send_at timestamptz,
  silenced_until timestamptz,                  -- automatic-looking messages, or the owner writes by hand
  handed_over_at timestamptz,
  met_at timestamptz,                          -- first-contact card shown
  last_inbound_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (address_id, line_id)
) WITH (fillfactor = 70);

CREATE TABLE inbound_messages (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- order of arrival; a UUIDv7 does not give it
  line_id text NOT NULL,
  external_id text NOT NULL,
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  kind text NOT NULL,                          -- core/content.ts, or 'start' rows of our own: 'internal'
  body jsonb NOT NULL,
  sealed_body text,                            -- the body of what answered a sensitive question, once handled
  sent_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  handled_at timestamptz,
  parked_at timestamptz,                       -- given up after retries; a person was alerted
  error text,
  UNIQUE (line_id, external_id)
);
CREATE INDEX inbound_messages_waiting ON inbound_messages (conversation_id, seq)
  WHERE handled_at IS NULL AND parked_at IS NULL;
CREATE INDEX inbound_messages_conversation ON inbound_messages (conversation_id, seq);

CREATE TABLE outbound_messages (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  line_id text NOT NULL,
  body jsonb NOT NULL,                         -- core/outgoing.ts
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown')),
  attempts smallint NOT NULL DEFAULT 0,
  not_before timestamptz,
  is_repeat boolean NOT NULL DEFAULT false,    -- sent once more after an unknown outcome
  external_ids text[],
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX outbound_messages_waiting ON outbound_messages (line_id, conversation_id, seq)
  WHERE state IN ('pending', 'sending');
CREATE INDEX outbound_messages_conversation ON outbound_messages (conversation_id, seq);

CREATE TABLE attachments (
  id uuid PRIMARY KEY,
  conversation_id uuid REFERENCES conversations (id),
  kind text NOT NULL CHECK (kind IN ('photo', 'document', 'voice')),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'stored', 'refused', 'lost', 'erased')),
  remote jsonb,                                -- the platform's reference until it is fetched
  mime text,
  name text,
  bytes integer,
  width integer,
  height integer,
  sha256 text,
  storage_key text,
  is_restricted boolean NOT NULL DEFAULT false,  -- an identity document sent anyway: sealed, erased at closing
  case_id uuid,
  listing_id uuid,
  position smallint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  erased_at timestamptz
);
CREATE INDEX attachments_case ON attachments (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX attachments_listing ON attachments (listing_id) WHERE listing_id IS NOT NULL;
CREATE INDEX attachments_waiting ON attachments (created_at) WHERE state = 'waiting';

-- Cases -------------------------------------------------------------------------------------------------------

CREATE TABLE cases (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE,
  draft_id uuid NOT NULL UNIQUE,               -- one confirmed request = one case
  village_id text NOT NULL REFERENCES villages (id),
  service text NOT NULL,
  flow text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'in_hand', 'asked', 'finished', 'refused', 'cancelled')),
  resident_id uuid NOT NULL REFERENCES residents (id),
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  answers jsonb NOT NULL,
  private text,                                -- sealed
  is_confidential boolean NOT NULL DEFAULT false,
  opened_at timestamptz NOT NULL,
  due_at timestamptz,
  shown_position integer,                      -- the least place ever shown: it never rises
  officer_id uuid REFERENCES officers (id),
  taken_at timestamptz,
  closed_at timestamptz,
  last_words text,                             -- the officer's last words to the resident
  event_count integer NOT NULL DEFAULT 0
);
CREATE INDEX cases_queue ON cases (village_id, opened_at) WHERE status IN ('open', 'in_hand', 'asked');
CREATE INDEX cases_resident ON cases (resident_id, opened_at);
CREATE INDEX cases_village ON cases (village_id, opened_at);

CREATE TABLE case_events (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  number integer NOT NULL,                     -- 1, 2, 3 … within the case
  kind text NOT NULL,                          -- case_opened, case_taken …: core/cases.ts
  officer_id uuid REFERENCES officers (id),    -- null: the resident, or the clock
  data jsonb NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL,
  UNIQUE (case_id, number)
);

CREATE TABLE code_attempts (
  id uuid PRIMARY KEY,
  code text NOT NULL,
  source text NOT NULL,                        -- conversation id, or a digest of a network address
  at timestamptz NOT NULL
);
CREATE INDEX code_attempts_code ON code_attempts (code, at);
CREATE INDEX code_attempts_at ON code_attempts (at);

CREATE TABLE timers (
  id uuid PRIMARY KEY,
  subject_kind text NOT NULL CHECK (subject_kind IN ('conversation', 'case', 'listing')),
  subject_id uuid NOT NULL,
  kind text NOT NULL,
  vars jsonb NOT NULL DEFAULT '{}',
  due_at timestamptz NOT NULL,
  done_at timestamptz,
  UNIQUE (subject_kind, subject_id, kind)
);
CREATE INDEX timers_due ON timers (due_at) WHERE done_at IS NULL;

CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  officer_id uuid NOT NULL REFERENCES officers (id),
  kind text NOT NULL,                          -- the flow that words it: 'officer-new-case' …
  subject_id uuid NOT NULL,                    -- the case, listing, invite or incident
  number integer NOT NULL DEFAULT 0,           -- the case event that it tells of
  vars jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  told_at timestamptz,                         -- handed to the officer's conversation
  error text,
  UNIQUE (officer_id, kind, subject_id, number)
);
CREATE INDEX notifications_waiting ON notifications (created_at) WHERE told_at IS NULL;

CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  village_id text REFERENCES villages (id),
  line_id text,
  conversation_id uuid REFERENCES conversations (id),
  detail jsonb NOT NULL DEFAULT '{}',
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  closed_by uuid REFERENCES officers (id)
);
CREATE INDEX incidents_open ON incidents (opened_at) WHERE closed_at IS NULL;

-- The market --------------------------------------------------------------------------------------------------

CREATE TABLE listings (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE,
  draft_id uuid NOT NULL UNIQUE,
  village_id text NOT NULL REFERENCES villages (id),
  resident_id uuid NOT NULL REFERENCES residents (id),
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  status text NOT NULL CHECK (status IN ('waiting', 'published', 'sold', 'withdrawn', 'expired', 'refused', 'taken_down')),
  title text NOT NULL,
  category text NOT NULL,
  description text,
  quantity numeric,
  unit text,
  price bigint,                                -- rupiah for one unit; null: by agreement
  is_negotiable boolean NOT NULL DEFAULT false,
  place text,
  contact text,                                -- published with the seller's consent
  seller text,
  search_text text NOT NULL,                   -- lower case: title, category, description, village
  flags text[] NOT NULL DEFAULT '{}',          -- why an officer should look twice
  created_at timestamptz NOT NULL,
  published_at timestamptz,
  expires_at timestamptz,
  closed_at timestamptz,
  decided_by uuid REFERENCES officers (id)
);
CREATE INDEX listings_search ON listings USING gin (search_text gin_trgm_ops) WHERE status = 'published';
CREATE INDEX listings_published ON listings (published_at DESC) WHERE status = 'published';
CREATE INDEX listings_resident ON listings (resident_id, created_at);

CREATE TABLE listing_reports (
  id uuid PRIMARY KEY,
  listing_id uuid NOT NULL REFERENCES listings (id),
  conversation_id uuid REFERENCES conversations (id),   -- null: from the public page
  reason text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX listing_reports_listing ON listing_reports (listing_id);

-- The installation --------------------------------------------------------------------------------------------

CREATE TABLE flow_versions (
  flow text NOT NULL,
  hash text NOT NULL,
  steps text[] NOT NULL,                       -- step ids in order: where a session goes on when its step is gone
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (flow, hash)
);

CREATE TABLE settings (
  name text PRIMARY KEY,
  value jsonb NOT NULL
);

CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  officer_id uuid REFERENCES officers (id),
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_subject ON audit_log (subject_kind, subject_id, at);

CREATE TABLE erasures (
  id uuid PRIMARY KEY,                         -- what was erased, so that a restored backup forgets it again
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  at timestamptz NOT NULL
);

-- Sign-in (better-auth) ---------------------------------------------------------------------------------------

CREATE TABLE auth_users (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  username text UNIQUE,
  display_username text,
  role text,
  banned boolean DEFAULT false,
  ban_reason text,
  ban_expires timestamptz,
  two_factor_enabled boolean DEFAULT false
);

CREATE TABLE auth_sessions (
  id text PRIMARY KEY,
  expires_at timestamptz NOT NULL,
  token text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  ip_address text,
  user_agent text,
  user_id text NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
  impersonated_by text
);
CREATE INDEX auth_sessions_user ON auth_sessions (user_id);

CREATE TABLE auth_accounts (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id text NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_accounts_user ON auth_accounts (user_id);

CREATE TABLE auth_verifications (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_verifications_identifier ON auth_verifications (identifier);

CREATE TABLE auth_two_factors (
  id text PRIMARY KEY,
  secret text NOT NULL,
  backup_codes text NOT NULL,
  user_id text NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
  verified boolean DEFAULT true,
  failed_verification_count integer DEFAULT 0,
  locked_until timestamptz
);
CREATE INDEX auth_two_factors_user ON auth_two_factors (user_id);

ALTER TABLE officers ADD CONSTRAINT officers_user FOREIGN KEY (user_id) REFERENCES auth_users (id) ON DELETE SET NULL;
ALTER TABLE attachments ADD CONSTRAINT attachments_case_fk FOREIGN KEY (case_id) REFERENCES cases (id);
ALTER TABLE attachments ADD CONSTRAINT attachments_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id);
