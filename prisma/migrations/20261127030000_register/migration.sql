-- People: the village's resident register, the pengantar RT/RW, who is helped, and the dates of the posyandu.

-- The register ------------------------------------------------------------------------------------------------

-- One upload of the register's CSV. Nothing of the file lies in clear: its rows are sealed (register_chunks).
CREATE TABLE register_imports (
  id uuid PRIMARY KEY,
  village_id text NOT NULL REFERENCES villages (id),
  officer_id uuid REFERENCES officers (id),
  state text NOT NULL CHECK (state IN ('uploaded', 'checked', 'applied', 'discarded')),
  columns text[] NOT NULL,                     -- the headings of the file, in its order
  mapping jsonb NOT NULL DEFAULT '{}',         -- field of ours: number of the column
  row_count integer NOT NULL,
  counts jsonb NOT NULL DEFAULT '{}',          -- new, changed, same, gone, faulty
  faults jsonb NOT NULL DEFAULT '[]',          -- row numbers with reasons, never a value
  is_whole boolean NOT NULL DEFAULT true,      -- the file is the whole register: who is not in it is marked as gone
  created_at timestamptz NOT NULL,
  applied_at timestamptz
);
CREATE INDEX register_imports_village ON register_imports (village_id, created_at);

-- Some hundred rows of an upload, sealed together; deleted when it is applied, discarded or a day old.
CREATE TABLE register_chunks (
  id uuid PRIMARY KEY,
  import_id uuid NOT NULL REFERENCES register_imports (id) ON DELETE CASCADE,
  number integer NOT NULL,
  rows text NOT NULL,                          -- sealed: [line number, cells]
  UNIQUE (import_id, number)
);

CREATE TABLE residents_register (
  id uuid PRIMARY KEY,
  village_id text NOT NULL REFERENCES villages (id),
  name text NOT NULL,
  search_name text NOT NULL,                   -- small letters, no titles: what names are compared by
  birth_date date,
  sex text CHECK (sex IN ('L', 'P')),
  hamlet text,
  search_hamlet text,
  rt text,                                     -- '003'
  rw text,
  private text NOT NULL,                       -- sealed: NIK, No. KK and what else a letter needs
  nik_digest text,                             -- keyed digest: equal numbers are found, none can be read
  kk_digest text,
  row_digest text NOT NULL,                    -- keyed digest of all of it: whether an import changes anything
  source text NOT NULL CHECK (source IN ('import')),
  import_id uuid REFERENCES register_imports (id) ON DELETE SET NULL,   -- that wrote it last
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  removed_at timestamptz                       -- no longer in the village's file
);
CREATE UNIQUE INDEX residents_register_nik ON residents_register (village_id, nik_digest) WHERE nik_digest IS NOT NULL;
CREATE INDEX residents_register_name ON residents_register USING gin (search_name gin_trgm_ops);
CREATE INDEX residents_register_birth ON residents_register (village_id, birth_date);
CREATE INDEX residents_register_village ON residents_register (village_id, search_name);

-- What a resident said of themselves for a request, held against the register. They are never told what came of it.
CREATE TABLE register_matches (
  id uuid PRIMARY KEY,
  draft_id uuid NOT NULL,
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  resident_id uuid NOT NULL REFERENCES residents (id),
  village_id text NOT NULL REFERENCES villages (id),
  said text NOT NULL,                          -- sealed: name, birth date, hamlet, RT, RW
  outcome text NOT NULL CHECK (outcome IN ('certain', 'doubtful', 'none')),
  candidates uuid[] NOT NULL DEFAULT '{}',     -- of the register, the likeliest first
  register_id uuid REFERENCES residents_register (id) ON DELETE SET NULL,
  case_id uuid REFERENCES cases (id),
  decided_by uuid REFERENCES officers (id),
  decided_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX register_matches_draft ON register_matches (draft_id);
CREATE INDEX register_matches_case ON register_matches (case_id);
CREATE INDEX register_matches_conversation ON register_matches (conversation_id, created_at);

-- Who an officer found them to be.
ALTER TABLE residents ADD COLUMN register_id uuid REFERENCES residents_register (id) ON DELETE SET NULL;

-- The pengantar RT/RW -------------------------------------------------------------------------------------------

ALTER TABLE villages ADD COLUMN introduction text NOT NULL DEFAULT 'counter'
  CHECK (introduction IN ('rt_tap', 'photo', 'counter', 'none'));

-- The area of an RT head.
ALTER TABLE officer_roles
  DROP CONSTRAINT officer_roles_role_check,
  ADD CONSTRAINT officer_roles_role_check
    CHECK (role IN ('kepala_desa', 'sekretaris', 'kasi_pelayanan', 'kasi_pemerintahan', 'kasi_kesejahteraan',
      'kaur_tu', 'operator', 'bidan', 'kader', 'kepala_dusun', 'ketua_rt', 'admin')),
  ADD COLUMN hamlet text,
  ADD COLUMN rt text,
  ADD COLUMN rw text,
  ADD CONSTRAINT officer_roles_rt CHECK (role <> 'ketua_rt' OR (rt IS NOT NULL AND rw IS NOT NULL));

-- Of one request. By the RT head's tap: asked once the case is open. By photo: what was sent of it.
CREATE TABLE introductions (
  id uuid PRIMARY KEY,
  draft_id uuid NOT NULL UNIQUE,
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  village_id text NOT NULL REFERENCES villages (id),
  way text NOT NULL CHECK (way IN ('rt_tap', 'photo')),
  rt text,
  rw text,
  officer_id uuid REFERENCES officers (id),    -- the RT head
  photos uuid[] NOT NULL DEFAULT '{}',         -- attachments
  case_id uuid REFERENCES cases (id),
  created_at timestamptz NOT NULL,
  answer text CHECK (answer IN ('mine', 'not_mine')),
  answered_at timestamptz
);
CREATE INDEX introductions_case ON introductions (case_id);

-- Helper mode ---------------------------------------------------------------------------------------------------

-- The person whom a request is for, where somebody else makes it.
CREATE TABLE beneficiaries (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL UNIQUE REFERENCES cases (id),
  name text NOT NULL,
  relation text NOT NULL CHECK (relation IN ('parent', 'child', 'spouse', 'family', 'neighbour', 'rt_resident', 'other')),
  phone text,
  asked_in uuid REFERENCES conversations (id),                   -- where they are reached; null: the office checks
  created_at timestamptz NOT NULL,
  answer text CHECK (answer IN ('agreed', 'refused')),
  answered_at timestamptz
);

-- Posyandu ------------------------------------------------------------------------------------------------------

CREATE TABLE health_schedules (
  id uuid PRIMARY KEY,
  village_id text NOT NULL REFERENCES villages (id),
  kind text NOT NULL CHECK (kind IN ('posyandu')),
  hamlet text,
  search_hamlet text,
  starts_at timestamptz NOT NULL,
  place text NOT NULL,
  officer_id uuid REFERENCES officers (id),
  created_at timestamptz NOT NULL,
  cancelled_at timestamptz
);
CREATE INDEX health_schedules_village ON health_schedules (village_id, starts_at);
