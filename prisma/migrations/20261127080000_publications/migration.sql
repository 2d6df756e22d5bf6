-- What a village's staff changed in the flows: files that lie over those that are shipped, agreed on by two people.
CREATE TABLE flow_publications (
  id uuid PRIMARY KEY,
  number integer UNIQUE,                       -- in order of publishing; null until it is published
  base_id uuid REFERENCES flow_publications (id),   -- what was in use when it was proposed; null: as shipped
  files jsonb NOT NULL,                        -- path -> { text: its text, null where taken away; shipped: digest of the shipped file }
  chats jsonb NOT NULL,                        -- path -> a transcript as it reads now
  note text NOT NULL,
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'published', 'refused', 'withdrawn')),
  is_active boolean NOT NULL DEFAULT false,    -- in use; none: as shipped
  proposed_by uuid NOT NULL REFERENCES officers (id),
  proposed_at timestamptz NOT NULL,
  decided_by uuid REFERENCES officers (id),
  decided_at timestamptz,
  CHECK (decided_by IS NULL OR state <> 'published' OR decided_by <> proposed_by),
  CHECK (is_active = false OR state = 'published')
);
CREATE UNIQUE INDEX flow_publications_active ON flow_publications (is_active) WHERE is_active;
CREATE INDEX flow_publications_open ON flow_publications (proposed_at) WHERE state = 'proposed';
