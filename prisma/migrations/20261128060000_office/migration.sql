-- The office and what stands above it: services as a village offers them, accounts that were opened by another's link, and
-- the figures of the regency's view.

-- Where a village differs from the catalogue (flows/services.yaml). No row: as the catalogue says.
CREATE TABLE village_services (
  village_id text NOT NULL REFERENCES villages (id),
  service text NOT NULL,
  is_offered boolean NOT NULL DEFAULT true,
  off_reason text,                             -- read by residents; set where it is not offered
  promise_hours integer CHECK (promise_hours BETWEEN 1 AND 400),   -- working hours; null: the catalogue's
  classification text,                         -- of the letter's number; null: the catalogue's
  counter text,                                -- what else is to be shown at the office; null: nothing
  changed_by uuid REFERENCES officers (id),
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (village_id, service),
  CHECK (is_offered OR off_reason IS NOT NULL)
);

-- A password that was set by a link which somebody else made counts for little until its owner has said so.
ALTER TABLE officers
  ADD COLUMN account_link_by uuid REFERENCES officers (id),   -- who made the newest link
  ADD COLUMN account_unconfirmed_since timestamptz,           -- null: confirmed, or chosen by the officer alone
  ADD COLUMN second_factor_due timestamptz;                   -- until when the console can be used without a second factor

-- Who made somebody what they are; null: the command line, or before this was written down.
ALTER TABLE officer_roles
  ADD COLUMN granted_by uuid REFERENCES officers (id),
  ADD COLUMN granted_at timestamptz;

-- Figures of cases by the month in which they were asked for; neither sealed nor confidential ones. Sums over areas and
-- services stand here as rows of their own, so that a view reads few.
CREATE TABLE case_figures (
  area text NOT NULL,                          -- Kemendagri code of a village, a district (35.10.25) or the regency (35.10)
  service text NOT NULL,                       -- '': all of them
  month date NOT NULL,                         -- its first day, in the village's zone
  opened integer NOT NULL,
  waiting integer NOT NULL,                    -- still open
  overdue integer NOT NULL,                    -- of these, past what was promised
  finished integer NOT NULL,
  refused integer NOT NULL,
  forwarded integer NOT NULL,
  cancelled integer NOT NULL,
  kept integer NOT NULL,                       -- finished within the promise
  missed integer NOT NULL,                     -- finished later
  rated integer NOT NULL,
  stars integer NOT NULL,                      -- sum of the ratings, 1 to 5 each
  durations integer[] NOT NULL,                -- of finished ones, by core/figures.ts DURATIONS
  PRIMARY KEY (area, service, month)
);

-- What came due while it was still open is found without looking at every case.
CREATE INDEX cases_due ON cases (due_at) WHERE closed_at IS NULL;

-- Above the villages: a kecamatan has a row for each village of its district, the regency one for none.
ALTER TABLE officer_roles DROP CONSTRAINT officer_roles_role_check;
ALTER TABLE officer_roles ADD CONSTRAINT officer_roles_role_check
  CHECK (role IN ('kepala_desa', 'sekretaris', 'kasi_pelayanan', 'kasi_pemerintahan', 'kasi_kesejahteraan', 'kaur_tu',
    'operator', 'bidan', 'kader', 'kepala_dusun', 'ketua_rt', 'admin', 'kecamatan', 'kabupaten'));
ALTER TABLE officer_roles ADD CONSTRAINT officer_roles_above
  CHECK ((role <> 'kecamatan' OR village_id IS NOT NULL) AND (role <> 'kabupaten' OR village_id IS NULL));

-- What was handed up is rare among all that happened.
CREATE INDEX case_events_escalated ON case_events (at) WHERE kind = 'case_escalated';
