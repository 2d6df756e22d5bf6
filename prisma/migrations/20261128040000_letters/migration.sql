-- Letters: the register of what a village issued, the next number of each sequence, and what a village changed of its templates.

-- The key pairs that prove letters. Retired ones keep their public half for ever: what they signed is still checked by it.
CREATE TABLE letter_keys (
  id text PRIMARY KEY,                         -- the first 16 hexadecimal digits of the public key's SHA-256
  public_key text NOT NULL,                    -- SPKI, PEM
  private text,                                -- sealed: PKCS#8, PEM; null once it is retired
  created_at timestamptz NOT NULL,
  retired_at timestamptz
);
CREATE UNIQUE INDEX letter_keys_current ON letter_keys ((true)) WHERE retired_at IS NULL;

-- What a village's clerk changed: the body of a service's letter, or its letterhead (service ''). Every change is a new
-- version and nothing is written over: the newest counts, and going back is a version with the content of an older one.
CREATE TABLE letter_templates (
  id uuid PRIMARY KEY,
  village_id text NOT NULL REFERENCES villages (id),
  service text NOT NULL,
  version integer NOT NULL,
  content jsonb NOT NULL,                      -- core/letterTemplate.ts; null content: the shipped one again
  logo bytea,                                  -- of a letterhead: PNG, drawn anew
  officer_id uuid REFERENCES officers (id),
  created_at timestamptz NOT NULL,
  CONSTRAINT letter_templates_version_key UNIQUE (village_id, service, version)
);

-- The last number given in each sequence: of one classification code and year, or (classification '') of the year.
CREATE TABLE letter_counters (
  village_id text NOT NULL REFERENCES villages (id),
  classification text NOT NULL,
  year integer NOT NULL,
  last integer NOT NULL,
  PRIMARY KEY (village_id, classification, year)
);

-- What an officer typed for a letter that is still to be issued: fields that nobody gave, or that are wrong.
CREATE TABLE letter_drafts (
  case_id uuid PRIMARY KEY REFERENCES cases (id),
  private text NOT NULL,                       -- sealed: { fields: { name: words } }
  officer_id uuid REFERENCES officers (id),
  updated_at timestamptz NOT NULL
);

-- The register of letters. A number that was given stays, whatever becomes of its letter.
CREATE TABLE letters (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  village_id text NOT NULL REFERENCES villages (id),
  service text NOT NULL,
  title text NOT NULL,                         -- what kind of letter it is, as it is printed
  classification text NOT NULL,
  counter text NOT NULL,                       -- the classification of letter_counters that gave the number
  year integer NOT NULL,
  sequence integer NOT NULL,
  number text NOT NULL,
  way text NOT NULL CHECK (way IN ('wet', 'electronic')),
  state text NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'withdrawn', 'replaced')),
  state_at timestamptz,
  state_by uuid REFERENCES officers (id),
  state_reason text,
  replaced_by uuid REFERENCES letters (id),
  signer_id uuid REFERENCES officers (id),
  signer_name text NOT NULL,
  signer_title text NOT NULL,                  -- with "a.n." where it is signed for somebody else
  initials text NOT NULL,                      -- of whom it is about: all that the public page shows of them
  token_hash text NOT NULL,
  private text NOT NULL,                       -- sealed: the token, and every word that is printed
  letterhead_id uuid REFERENCES letter_templates (id),
  issued_by uuid REFERENCES officers (id),
  issued_at timestamptz NOT NULL,
  issued_on date NOT NULL,                     -- its date, in the village's zone
  attachment_id uuid REFERENCES attachments (id),
  sha256 text,
  proof text,                                  -- JSON, signed; as it is downloaded
  made_at timestamptz,
  told_at timestamptz,                         -- it was handed to the resident's conversation
  printed_at timestamptz,
  failures smallint NOT NULL DEFAULT 0,
  wake_at timestamptz,                         -- still to be made, and not before; null once it is, or was given up
  error text,
  CONSTRAINT letters_token_hash_key UNIQUE (token_hash),
  CONSTRAINT letters_sequence_key UNIQUE (village_id, counter, year, sequence),
  CONSTRAINT letters_number_key UNIQUE (village_id, number)
);
CREATE UNIQUE INDEX letters_case_issued ON letters (case_id) WHERE state = 'issued';
CREATE INDEX letters_case ON letters (case_id);
CREATE INDEX letters_village ON letters (village_id, issued_at);
CREATE INDEX letters_waiting ON letters (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX letters_attachment ON letters (attachment_id);
