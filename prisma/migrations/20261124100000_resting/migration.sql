-- Who looks for work passes over the conversations that rest: they are few, and are found at once.
CREATE INDEX conversations_resting ON conversations (wake_at) WHERE wake_at IS NOT NULL;
