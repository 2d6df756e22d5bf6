-- A complaint is sealed to whoever holds the role above the person complained of at the time: nobody who is given that
-- role afterwards sees it, nor who runs the village's computer.
ALTER TABLE cases ADD COLUMN receiver_role text;
ALTER TABLE cases ADD COLUMN receiver_ids uuid[];
ALTER TABLE cases ADD CONSTRAINT cases_receiver CHECK ((receiver_role IS NULL) = (receiver_ids IS NULL));

-- A resident is in the hands of a person: from the call to its end. The first officer who answers has it.
CREATE TABLE hand_overs (
  id uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  begun_at timestamptz NOT NULL,
  officer_id uuid REFERENCES officers (id),
  answered_at timestamptz,                     -- of their last word
  ended_at timestamptz,
  ended_by text CHECK (ended_by IN ('resident', 'officer', 'silence'))
);
CREATE UNIQUE INDEX hand_overs_open ON hand_overs (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX hand_overs_ended ON hand_overs (ended_at);

-- The words of a complaint's history.
ALTER TABLE case_events ADD COLUMN sealed text;
