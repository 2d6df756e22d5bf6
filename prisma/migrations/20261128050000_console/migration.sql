-- The console: searching cases by name, code and words, and replies that officers use again and again.

-- A village in front of the words: an officer of one village looks at its own rows alone, however many there are in all.
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- What a case is found by, apart from the case itself: a state that changes touches no word. Made by the triggers below
-- from what officers may read of it, and made anew whenever that changes. A sealed complaint is found by its code alone.
CREATE TABLE case_search (
  case_id uuid PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
  village_id text NOT NULL,
  opened_at timestamptz NOT NULL,
  names text NOT NULL,                         -- small letters: the code, who asks, whom it is for
  words text NOT NULL,                         -- answers that are not sealed, and what was said about it
  -- Names as they are written, words by their stem.
  document tsvector NOT NULL GENERATED ALWAYS AS
    (to_tsvector('simple', names) || to_tsvector('indonesian', words)) STORED
);
-- A common word is looked for among the newest.
CREATE INDEX case_search_newest ON case_search (village_id, opened_at);
CREATE INDEX case_search_names ON case_search USING gin (village_id, names gin_trgm_ops)
  WITH (gin_pending_list_limit = 256);
CREATE INDEX case_search_words ON case_search USING gin (village_id, document)
  WITH (gin_pending_list_limit = 256);

-- Makes the rows of these cases anew. Names follow store/cases.ts `shownName`: what officers do not read, they do not find.
CREATE FUNCTION refresh_case_search(cases_changed uuid[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO case_search (case_id, village_id, opened_at, names, words)
  SELECT c.id, c.village_id, c.opened_at,
    lower(concat_ws(' ', c.code, replace(c.code, '-', ''), CASE WHEN c.receiver_role IS NULL THEN concat_ws(' ',
      CASE WHEN c.is_unproven THEN NULL ELSE r.name END, c.answers->>'name',
      (SELECT b.name FROM beneficiaries b WHERE b.case_id = c.id)) END)),
    CASE WHEN c.receiver_role IS NOT NULL THEN '' ELSE left(concat_ws(' ',
      (SELECT string_agg(v #>> '{}', ' ') FROM jsonb_path_query(c.answers, '$.** ? (@.type() == "string")') AS v),
      (SELECT string_agg(e.data->>'text', ' ' ORDER BY e.number) FROM case_events e
       WHERE e.case_id = c.id AND e.sealed IS NULL AND e.data ? 'text')), 20000) END
  FROM cases c JOIN residents r ON r.id = c.resident_id
  WHERE c.id = ANY (cases_changed)
  ORDER BY c.id
  ON CONFLICT (case_id) DO UPDATE
    SET village_id = excluded.village_id, opened_at = excluded.opened_at, names = excluded.names, words = excluded.words
    WHERE (case_search.village_id, case_search.names, case_search.words)
      IS DISTINCT FROM (excluded.village_id, excluded.names, excluded.words);
$$;

CREATE FUNCTION case_search_of_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_case_search(ARRAY(SELECT id FROM inserted));
  RETURN NULL;
END $$;
CREATE TRIGGER case_search_inserted AFTER INSERT ON cases REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION case_search_of_cases();

CREATE FUNCTION case_search_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_case_search(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER case_search_updated AFTER UPDATE OF answers, resident_id, is_unproven, receiver_role, village_id ON cases
  FOR EACH ROW WHEN ((OLD.answers, OLD.resident_id, OLD.is_unproven, OLD.receiver_role, OLD.village_id)
    IS DISTINCT FROM (NEW.answers, NEW.resident_id, NEW.is_unproven, NEW.receiver_role, NEW.village_id))
  EXECUTE FUNCTION case_search_of_case();

CREATE FUNCTION case_search_of_resident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_case_search(ARRAY(SELECT id FROM cases WHERE resident_id = NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER case_search_named AFTER UPDATE OF name ON residents
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION case_search_of_resident();

-- Most of what happens to a case says nothing: then nothing is made anew.
CREATE FUNCTION case_search_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted WHERE data ? 'text' AND sealed IS NULL) THEN
    PERFORM refresh_case_search(ARRAY(SELECT DISTINCT case_id FROM inserted WHERE data ? 'text' AND sealed IS NULL));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER case_search_said AFTER INSERT ON case_events REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION case_search_of_events();

CREATE FUNCTION case_search_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_case_search(ARRAY[coalesce(NEW.case_id, OLD.case_id)]);
  RETURN NULL;
END $$;
CREATE TRIGGER case_search_unsaid AFTER UPDATE OF data, sealed ON case_events
  FOR EACH ROW WHEN ((OLD.data->'text', OLD.sealed) IS DISTINCT FROM (NEW.data->'text', NEW.sealed))
  EXECUTE FUNCTION case_search_of_row();
CREATE TRIGGER case_search_for_whom AFTER INSERT OR UPDATE OR DELETE ON beneficiaries
  FOR EACH ROW EXECUTE FUNCTION case_search_of_row();

SELECT refresh_case_search(ARRAY(SELECT id FROM cases));

-- Replies that are used again and again. Without a village: for all of them, kept by the installation's keepers.
CREATE TABLE canned_replies (
  id uuid PRIMARY KEY,
  village_id text REFERENCES villages (id),
  title text NOT NULL,
  text text NOT NULL,                          -- may name {code} and {name}
  changed_by uuid REFERENCES officers (id),
  changed_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE INDEX canned_replies_village ON canned_replies (village_id);

-- What was closed last, in a village; pages of it go on from the last row that was shown.
CREATE INDEX cases_closed ON cases (village_id, closed_at) WHERE closed_at IS NOT NULL;
-- What an officer has in hand.
CREATE INDEX cases_holder ON cases (officer_id, opened_at) WHERE closed_at IS NULL AND officer_id IS NOT NULL;
