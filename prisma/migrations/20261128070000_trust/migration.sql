-- Trust: an audit log that only grows, chained in blocks; what residents thought of how they were served.

-- `seq` is drawn when a row is written, not when it is committed: a lower one may become visible later. So a block names
-- its rows, and a row that comes late goes into a later block (store/auditBlocks.ts).
ALTER TABLE audit_log
  ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN village_id text,                  -- where it was done; null: it concerns the installation
  ADD COLUMN case_id uuid;                     -- the case that it was done to, or for
UPDATE audit_log a SET case_id = c.id, village_id = c.village_id FROM cases c
  WHERE (a.subject_kind = 'case' AND a.subject_id = c.id::text) OR a.data->>'code' = c.code;
UPDATE audit_log a SET village_id = coalesce(
    (SELECT v.id FROM villages v WHERE v.id = a.data->>'village'),
    (SELECT min(r.village_id) FROM officer_roles r WHERE r.officer_id = a.officer_id HAVING count(*) = count(r.village_id)))
  WHERE a.village_id IS NULL;
CREATE UNIQUE INDEX audit_log_seq ON audit_log (seq);
CREATE INDEX audit_log_village ON audit_log (village_id, seq);
CREATE INDEX audit_log_officer ON audit_log (officer_id, seq);
CREATE INDEX audit_log_case ON audit_log (case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX audit_log_at ON audit_log (at);

-- The chain: each block holds the hash of the one before (core/auditChain.ts tells of what).
CREATE TABLE audit_blocks (
  number integer PRIMARY KEY CHECK (number >= 1),
  seqs bigint[] NOT NULL CHECK (cardinality(seqs) > 0),   -- its rows, in their order
  marks bytea NOT NULL,                        -- the first 8 bytes of each row's SHA-256: so that the one which was changed is found
  last_seq bigint NOT NULL,                    -- the highest of all blocks up to this one
  total bigint NOT NULL,                       -- rows of all blocks up to this one
  previous text NOT NULL,                      -- hash of the block before; of the first one 64 noughts
  hash text NOT NULL UNIQUE,                   -- SHA-256, hex
  written_at timestamptz NOT NULL
);
CREATE INDEX audit_blocks_written ON audit_blocks (written_at);

-- Whoever the program is signed in as: what was done stays done.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_log_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_blocks_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_blocks
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The role that the program's statements run as (store/programRole.ts): everything but changing the log. Where this user
-- may not make roles, the triggers stand alone, and the program says so. A role belongs to the server, not to a database.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kentongan_program') THEN
    CREATE ROLE kentongan_program NOLOGIN;
  END IF;
  -- Since Postgres 16 whoever made a role may not yet be it.
  EXECUTE format('GRANT kentongan_program TO %I', current_user);
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
  RAISE NOTICE 'no role of its own for the program: %', SQLERRM;
END $$;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kentongan_program') THEN
    GRANT USAGE ON SCHEMA public TO kentongan_program;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kentongan_program;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO kentongan_program;
    REVOKE UPDATE, DELETE ON audit_log, audit_blocks FROM kentongan_program;
    IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
      REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM kentongan_program;
    END IF;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kentongan_program;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO kentongan_program;
  END IF;
END $$;

-- Asked once, after a case was finished. The words lie in the case's history (case_rated), which erasure knows.
CREATE TABLE case_ratings (
  case_id uuid PRIMARY KEY REFERENCES cases (id),
  asked_at timestamptz NOT NULL,
  score smallint CHECK (score BETWEEN 1 AND 5),
  rated_at timestamptz,
  CHECK ((score IS NULL) = (rated_at IS NULL))
);
