-- A complaint is sealed to whoever holds the role above the person complained of at the time: nobody who is given that
-- role afterwards sees it, nor who runs the village's computer.
ALTER TABLE cases ADD COLUMN receiver_role text;
ALTER TABLE cases ADD COLUMN receiver_ids uuid[];
ALTER TABLE cases ADD CONSTRAINT cases_receiver CHECK ((receiver_role IS NULL) = (receiver_ids IS NULL));

-- Who answers a resident that asked for a person: the first officer who did.
ALTER TABLE conversations ADD COLUMN handed_over_to uuid REFERENCES officers (id);

-- The words of a complaint's history.
ALTER TABLE case_events ADD COLUMN sealed text;
