-- A call belongs to a village; where an officer wrote about a case, to that case, so that what the resident replies reaches
-- nobody whom the case is not for.
ALTER TABLE hand_overs
  ADD COLUMN village_id text REFERENCES villages (id),
  ADD COLUMN case_id uuid REFERENCES cases (id);

UPDATE hand_overs h SET village_id = coalesce(r.village_id, l.village_id)
FROM conversations c JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id
  JOIN lines l ON l.id = c.line_id
WHERE c.id = h.conversation_id;

-- Of several cases that were written about in one call, the one that fewest may see.
UPDATE hand_overs h SET case_id = about.case_id, village_id = about.village_id
FROM (
  SELECT DISTINCT ON (o.id) o.id, k.id AS case_id, k.village_id
  FROM hand_overs o
  JOIN inbound_messages m ON m.conversation_id = o.conversation_id AND m.kind = 'internal'
    AND m.body ->> 'flow' = 'officer-message'
    AND m.received_at BETWEEN o.begun_at AND coalesce(o.ended_at, 'infinity')
  JOIN cases k ON k.code = m.body -> 'vars' ->> 'code'
  ORDER BY o.id, k.receiver_role IS NOT NULL DESC, k.is_confidential DESC, m.seq DESC
) about
WHERE about.id = h.id;
