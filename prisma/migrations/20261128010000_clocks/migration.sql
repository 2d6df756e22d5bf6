-- Clocks: hours that hold for some days only, stretches in which no promise runs, and what a case was reminded of.

-- Ramadan, and other weeks that differ: such a set replaces the usual hours of its days.
ALTER TABLE working_hours
  ADD COLUMN from_day date,
  ADD COLUMN to_day date,
  ADD COLUMN name text,                        -- what residents read: 'Ramadan'
  ADD CONSTRAINT working_hours_days CHECK ((from_day IS NULL) = (to_day IS NULL) AND from_day <= to_day);
DROP INDEX working_hours_once;
CREATE UNIQUE INDEX working_hours_once
  ON working_hours (coalesce(village_id, ''), weekday, opens, coalesce(from_day, '-infinity'), coalesce(to_day, '-infinity'));

-- Whether what a village leaves lying goes on to the kecamatan and the regency. Nobody outside is told unless it says so.
ALTER TABLE villages ADD COLUMN escalates boolean NOT NULL DEFAULT false;

-- When nobody could work or be reached: promises stand still.
CREATE TABLE outages (
  id uuid PRIMARY KEY,
  village_id text REFERENCES villages (id),    -- null: all villages
  kind text NOT NULL CHECK (kind IN ('line_down', 'clock_behind', 'power', 'network', 'office', 'other')),
  from_at timestamptz NOT NULL,
  to_at timestamptz,                           -- null: it goes on
  note text,
  is_automatic boolean NOT NULL DEFAULT false, -- recorded from an incident
  recorded_by uuid REFERENCES officers (id),
  created_at timestamptz NOT NULL,
  CHECK (to_at >= from_at)
);
CREATE INDEX outages_village ON outages (village_id, from_at);
-- One automatic outage of a kind at a time in a village.
CREATE UNIQUE INDEX outages_open ON outages (coalesce(village_id, ''), kind) WHERE to_at IS NULL AND is_automatic;

-- Timers of villages. A village's id is no uuid: it stands in vars, and its digest is the subject.
ALTER TABLE timers DROP CONSTRAINT timers_subject_kind_check;
ALTER TABLE timers ADD CONSTRAINT timers_subject_kind_check
  CHECK (subject_kind IN ('conversation', 'case', 'listing', 'village'));

-- Each rung of a clock is told once: `since` is the number of the event that began the clock, so that a case which was
-- opened again, or came to another step, has its rungs anew.
CREATE UNIQUE INDEX case_events_rung ON case_events (case_id, (data->>'rung'), (data->>'since'))
  WHERE kind IN ('case_escalated', 'case_reminded');

-- The fair order of a village's work (store/cases.ts, turnOf), and where a case stands in it: of the open ones alone.
CREATE INDEX cases_turn ON cases (village_id, is_urgent DESC, opened_at, id)
  WHERE status IN ('open', 'in_hand', 'asked', 'signing', 'ready');

-- One timer a case: it rings for whatever comes next, and is set anew.
UPDATE timers SET kind = 'case_clock' WHERE subject_kind = 'case' AND kind = 'case_due';
