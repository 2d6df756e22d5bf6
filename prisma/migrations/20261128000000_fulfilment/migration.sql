-- How a case is fulfilled: its path, on whom it is laid, who stands in for whom, and requests made at the counter.

ALTER TABLE cases DROP CONSTRAINT cases_status_check;
ALTER TABLE cases ADD CONSTRAINT cases_status_check CHECK (status IN
  ('open', 'in_hand', 'asked', 'signing', 'ready', 'finished', 'refused', 'forwarded', 'cancelled'));
ALTER TABLE cases ADD COLUMN step text CHECK (step IN ('verify', 'initial', 'sign')); -- of its path, that waits
ALTER TABLE cases ADD COLUMN done_by jsonb NOT NULL DEFAULT '{}';   -- {"verify": {"id", "name"}}: since it was last returned
ALTER TABLE cases ADD COLUMN missing text[] NOT NULL DEFAULT '{}';  -- items of the checklist that the resident was asked for
ALTER TABLE cases ADD COLUMN assigned_id uuid REFERENCES officers (id); -- on whom it was laid; another may still take it
ALTER TABLE cases ADD COLUMN assigned_at timestamptz;
ALTER TABLE cases ADD COLUMN is_urgent boolean NOT NULL DEFAULT false;
ALTER TABLE cases ADD COLUMN paused_at timestamptz;                 -- its clock stands still since then
ALTER TABLE cases ADD COLUMN merged_into uuid REFERENCES cases (id);
ALTER TABLE cases ADD COLUMN origin text NOT NULL DEFAULT 'chat' CHECK (origin IN ('chat', 'counter'));
ALTER TABLE cases ADD COLUMN forwarded_to text;
-- Asked for at the counter by somebody without a phone: nobody to write to.
ALTER TABLE cases ALTER COLUMN conversation_id DROP NOT NULL;

DROP INDEX cases_queue;
CREATE INDEX cases_queue ON cases (village_id, opened_at) WHERE status IN ('open', 'in_hand', 'asked', 'signing', 'ready');
CREATE INDEX cases_assigned ON cases (assigned_id) WHERE status IN ('open', 'in_hand', 'asked', 'signing', 'ready');
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;

-- What a file was sent for: an item of the service's checklist.
ALTER TABLE attachments ADD COLUMN item text;

ALTER TABLE villages ADD COLUMN letter_way text NOT NULL DEFAULT 'wet' CHECK (letter_way IN ('wet', 'electronic'));

-- While somebody is away another has their role, "a.n.". Days are the village's, both included.
CREATE TABLE delegations (
  id uuid PRIMARY KEY,
  officer_id uuid NOT NULL REFERENCES officers (id),
  deputy_id uuid NOT NULL REFERENCES officers (id),
  role text NOT NULL,
  village_id text NOT NULL REFERENCES villages (id),
  from_day date NOT NULL,
  to_day date NOT NULL,
  made_by uuid NOT NULL REFERENCES officers (id),
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK (from_day <= to_day AND officer_id <> deputy_id)
);
CREATE INDEX delegations_village ON delegations (village_id, to_day);

-- Cases that have to do with each other, the smaller id first.
CREATE TABLE case_relations (
  case_id uuid NOT NULL REFERENCES cases (id),
  other_id uuid NOT NULL REFERENCES cases (id),
  officer_id uuid NOT NULL REFERENCES officers (id),
  at timestamptz NOT NULL,
  PRIMARY KEY (case_id, other_id),
  CHECK (case_id < other_id)
);
CREATE INDEX case_relations_other ON case_relations (other_id);
