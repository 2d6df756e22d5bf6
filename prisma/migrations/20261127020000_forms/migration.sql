-- The secure form: what must not be typed in a chat (NIK, card numbers, photos of cards).

-- One form that a conversation waits for. `fields` names what is asked for, never what was answered. The link's token
-- is not kept: `token_hash` is its digest, and `link` counts the links that were given out for it; only the last works.
CREATE TABLE forms (
  id uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  resident_id uuid NOT NULL REFERENCES residents (id),
  village_id text REFERENCES villages (id),
  draft_id uuid NOT NULL,
  step text NOT NULL,
  title text NOT NULL,                         -- what it is for, in the resident's language: the service
  language text NOT NULL,
  fields jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
  token_hash text NOT NULL,
  link integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  done_at timestamptz,
  CONSTRAINT forms_token_hash_key UNIQUE (token_hash),
  CONSTRAINT forms_draft_id_step_key UNIQUE (draft_id, step)
);
CREATE INDEX forms_resident ON forms (resident_id, done_at);
CREATE INDEX forms_conversation ON forms (conversation_id);

-- What was entered, sealed (context: this row's id), or the photo that was sent. Once for each field.
CREATE TABLE form_values (
  id uuid PRIMARY KEY,
  form_id uuid NOT NULL REFERENCES forms (id) ON DELETE CASCADE,
  field text NOT NULL,
  value text,
  attachment_id uuid REFERENCES attachments (id),
  saved_at timestamptz NOT NULL,
  CONSTRAINT form_values_form_id_field_key UNIQUE (form_id, field),
  CONSTRAINT form_values_one CHECK ((value IS NULL) <> (attachment_id IS NULL))
);
CREATE INDEX form_values_attachment ON form_values (attachment_id);

-- What a form is used for: the draft that asked for it, and later ones of the same resident; the case, once there is one.
CREATE TABLE form_uses (
  form_id uuid NOT NULL REFERENCES forms (id) ON DELETE CASCADE,
  draft_id uuid NOT NULL,
  case_id uuid REFERENCES cases (id),
  used_at timestamptz NOT NULL,
  PRIMARY KEY (form_id, draft_id)
);
CREATE INDEX form_uses_draft ON form_uses (draft_id);
CREATE INDEX form_uses_case ON form_uses (case_id);
