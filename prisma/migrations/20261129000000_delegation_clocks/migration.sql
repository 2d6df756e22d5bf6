-- A delegation has a clock: it rings when it begins and when it ends (store/ringDelegations.ts).
ALTER TABLE timers DROP CONSTRAINT timers_subject_kind_check;
ALTER TABLE timers ADD CONSTRAINT timers_subject_kind_check
  CHECK (subject_kind IN ('conversation', 'case', 'listing', 'village', 'delegation'));

-- Those that were arranged before: one that holds already rings at its end, one to come at its beginning.
INSERT INTO timers (id, subject_kind, subject_id, kind, due_at, vars)
SELECT gen_random_uuid(), 'delegation', d.id, 'delegation_clock',
  CASE WHEN d.from_day::timestamp AT TIME ZONE v.zone > now() THEN d.from_day::timestamp AT TIME ZONE v.zone
    ELSE (d.to_day + 1)::timestamp AT TIME ZONE v.zone END, '{}'
FROM delegations d JOIN villages v ON v.id = d.village_id
WHERE d.ended_at IS NULL AND (d.to_day + 1)::timestamp AT TIME ZONE v.zone > now();
