import { z } from 'zod';
import { FORM_FIELD_TYPES } from '../core/formField.js';
import { STEP_ACTS, STEP_ROLES } from '../core/path.js';

/**
 * What a flow file may say. One flow a file, flows/<area>/<flow>.yaml; the JSON Schema made from this
 * (`kentongan check --schema`; `--schema services` and `--schema letter` for flows/services.yaml and flows/letters) lets an
 * editor complete it. Everything a person reads stands in the file in the
 * default language (Indonesian); flows/text/<lang>/<flow>.yaml overlays other languages by step and key.
 *
 * Words are ICU MessageFormat with plain argument names. Arguments are every answer (`{business_name}`, as worded),
 * every variable (`{case_code}` for `case.code`), and those of the conversation: `{village}`, `{resident}`,
 * `{officer}`, `{for_whom}`, `{office_hours}`, `{office_today}`, `{office_phone}`, `{office_address}`, `{midwife_phone}`, `{public_url}`, `{today}`.
 * An answer or variable that is an object gives its parts: `{case_code}` for `vars.case.code`, `{quantity_unit}`.
 * A part named `price` reads as money, ISO times as the village's clock, `service` and `status` as their words, and so do
 * `item`, `items`, `send`, `bring` and `papers` (of a checklist, `usaha.ktp`).
 * `{has_<name>, select, yes {…} other {…}}` tells whether an argument has a value; `{quoted_<name>}` shows the words of
 * somebody else, each line begun with `> `, so that none can pass for ours. In a flow with a service:
 * `{service_title}`, `{service_promise}`, `{service_counter}` (what is shown at the office).
 *
 * Conditions and values are CEL over `answers`, `vars`, `resident` (id, name, phone, is_new,
 * is_hidden: what was before is hidden, hidden_by `silence` or `profiles`; profiles: how many share the chat; is_linked; helps: the name of the person for whom they ask, or null), `village` (null where
 * unknown; keys in snake_case: state, is_open_now, office_hours, …), `officer` (null for residents), `channel`
 * (platform, choices, group), `public_url` (null where no page is reachable), `languages` (codes of those offered), `now`; a name alone is a variable or an
 * answer. What was never answered is null. Functions beside CEL's own: `months_between(date, date)`,
 * `days_between(date, date)`, `month_after(date, months)` (the first day of that month), `lower(text)`, `forbidden_goods(text)` (the group, or null). In YAML a text constant
 * is written `"'asked'"`. Texts, numbers, yes_no (true/false), dates (`2026-11-24`), phones (`62…`) are stored bare;
 * quantity as `{ amount, unit }`, village as `{ id, name, district, is_active }`, location as
 * `{ latitude, longitude }`, photos and documents as lists of attachment ids, contact as `62…`.
 *
 * `understands`: a phrase that ends with `{arg}` takes what follows as `vars.arg` ("cari {arg}", "status {arg}").
 */

export const Id = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]*$/u,
    'a name of a step or variable: small letters, digits and _, starting with a letter',
  );
export const FlowId = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/u, 'a name of a flow: small letters, digits and -, starting with a letter');
const Words = z.string().min(1);
const Expression = z.string().min(1);
const Values = z.record(Id, Expression);

/** One option of a choice. Words and close spellings of label and words are understood, as is its number. */
const Option = z.strictObject({
  value: z.string().regex(/^[a-z0-9_.-]+$/u),
  text: Words,
  words: z.array(z.string()).optional(),
  if: Expression.optional(),
});

/** What an answer may be. `from`/`to` of dates and years take a literal, `now`, or `now-18y` / `now+30d`. */
export const AnswerSpec = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), min: z.int().optional(), max: z.int().optional() }),
  /**
   * One of up to ten options, by tap, number, label, one of its words, or a close spelling; kept as its `value`. An option
   * with `if` is offered only where that holds.
   *
   * ```yaml
   * answer:
   *   type: choice
   *   options:
   *     - { value: trade, text: Dagang, words: [toko, warung] }
   *     - { value: farm, text: Tani, words: [sawah, kebun] }
   * ```
   */
  z.strictObject({ type: z.literal('choice'), options: z.array(Option).min(2).max(10) }),
  /**
   * Ya or tidak, in the words of every language; kept as true or false.
   *
   * ```yaml
   * answer: { type: yes_no }
   * ```
   */
  z.strictObject({ type: z.literal('yes_no') }),
  z.strictObject({ type: z.literal('number'), min: z.number().optional(), max: z.number().optional() }),
  z.strictObject({
    type: z.literal('money'),
    min: z.number().optional(),
    max: z.number().optional(),
    nego: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('quantity'), units: z.array(z.string()).optional() }),
  z.strictObject({
    type: z.literal('date'),
    from: z.string().optional(),
    to: z.string().optional(),
    age: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('month'), from: z.string().optional(), to: z.string().optional() }),
  z.strictObject({
    type: z.literal('year'),
    from: z.union([z.int(), z.string()]).optional(),
    to: z.union([z.int(), z.string()]).optional(),
  }),
  z.strictObject({ type: z.literal('time') }),
  z.strictObject({ type: z.literal('phone') }),
  /**
   * A village of the regency, found from messy spelling; doubtful ones are offered to choose from. Kept as
   * `{ id, name, district, is_active }`.
   *
   * ```yaml
   * answer: { type: village }
   * ```
   */
  z.strictObject({ type: z.literal('village') }),
  z.strictObject({ type: z.literal('rt_rw') }),
  z.strictObject({ type: z.literal('person_name') }),
  /**
   * A shared place, kept as `{ latitude, longitude }`. Many cannot share one: let it be `optional`, and ask for the place
   * in words.
   *
   * ```yaml
   * answer: { type: location }
   * optional: true
   * ```
   */
  z.strictObject({ type: z.literal('location') }),
  /**
   * Photos, kept as a list of attachment ids. With `max` above 1, or `gather: true`, several are taken as one answer.
   *
   * ```yaml
   * answer: { type: photo, min: 1, max: 5 }
   * ```
   */
  z.strictObject({ type: z.literal('photo'), min: z.int().optional(), max: z.int().optional() }),
  /**
   * Papers: a PDF, or a photo of one; kept as a list of attachment ids.
   *
   * ```yaml
   * answer: { type: document }
   * ```
   */
  z.strictObject({ type: z.literal('document'), min: z.int().optional(), max: z.int().optional() }),
  /**
   * The person's own number, proved by the platform (Telegram's button); kept as `62…`. It cannot be typed: for a number
   * to be called at ask for a `phone`.
   *
   * ```yaml
   * answer: { type: contact }
   * ```
   */
  z.strictObject({ type: z.literal('contact') }),
]);
export type AnswerSpec = z.infer<typeof AnswerSpec>;

/** On every step: skipped where `if` is false. */
const condition = { if: Expression.optional() };

export const Say = z.strictObject({
  say: Id,
  text: Words,
  choices: z
    .array(
      z.strictObject({
        text: Words,
        word: z.string().optional(),
        flow: FlowId.optional(),
        arg: Expression.optional(),
        if: Expression.optional(),
      }),
    )
    .optional(),
  /** A list, worded line by line as `{lines}` of the text: `item` words one (arguments: the item's keys). */
  lines: z.strictObject({ from: Expression, item: Words }).optional(),
  /**
   * A place in the chat that later messages of this name take: the earlier one is changed there, where the platform can.
   * `anew`: where it holds, this one goes to the bottom instead. `silent`: without a sound.
   */
  slot: FlowId.optional(),
  anew: Expression.optional(),
  silent: z.boolean().optional(),
  /** The code of the case that it tells of: an officer who answers it by quoting it means that case. */
  about: Expression.optional(),
  photos: Expression.optional(),
  /** A file of the office's, by its attachment id, under a name that tells nothing of whom it is about. */
  document: z.strictObject({ file: Expression, name: Expression }).optional(),
  /** In a group with topics: where it is said. `subject` is an id (a case's); `closes` ends the topic. */
  topic: z.strictObject({ subject: Expression, title: Words, closes: z.boolean().optional() }).optional(),
  ...condition,
});

export const Ask = z.strictObject({
  ask: Id,
  text: Words,
  /** How the summary names it; without it the answer is not shown there. */
  label: Words.optional(),
  answer: AnswerSpec,
  /** Said in place of the general hint when the answer was not understood. */
  hint: Words.optional(),
  /** May be skipped ("lewati"). */
  optional: z.boolean().optional(),
  /** Kept sealed; never in `answers` of a row in clear. */
  sensitive: z.boolean().optional(),
  /** Merges what comes until a short silence or "selesai". Photos and documents with max > 1 gather by themselves. */
  gather: z.boolean().optional(),
  ...condition,
});

/** A menu: each option goes somewhere. `from` makes options of a list that a look-up found. */
export const Choose = z.strictObject({
  choose: Id,
  text: Words,
  options: z
    .array(
      z.strictObject({
        text: Words,
        words: z.array(z.string()).optional(),
        go: Id.optional(),
        flow: FlowId.optional(),
        /** CEL, handed to the flow as `vars.arg`. */
        arg: Expression.optional(),
        if: Expression.optional(),
      }),
    )
    .max(10)
    .optional(),
  /** CEL giving a list; one option each, worded by `item` (arguments: the item's keys); the one taken is `vars[into]`. */
  from: Expression.optional(),
  item: Words.optional(),
  into: Id.optional(),
  /** Where to after an item of `from` was taken; the next step by default. */
  go: Id.optional(),
  ...condition,
});

/** The checklist of a service (services.yaml): what can be sent by chat is gathered, the rest is told. */
export const Collect = z.strictObject({
  collect: Id,
  text: Words.optional(),
  from: z.literal('service').default('service'),
  ...condition,
});

/** A link to a form of one use, for what must not be typed in a chat. `otherwise`: where to without it. */
export const SecureForm = z.strictObject({
  secure_form: Id,
  text: Words,
  fields: z
    .array(
      z.strictObject({
        id: Id,
        type: z.enum(FORM_FIELD_TYPES),
        label: Words,
        hint: Words.optional(),
        optional: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(10),
  otherwise: Id,
  /** May be skipped ("lewati"). */
  optional: z.boolean().optional(),
  /** `vars[into]`: 'filled', 'office' or 'skipped'; the step's name by default. */
  into: Id.optional(),
  ...condition,
});

/**
 * An officer's PIN, entered on a keypad of buttons (steps/keypad.ts); `answers.<id>` holds what was tapped, sealed.
 * `otherwise`: where to where the channel has none.
 */
export const Keypad = z.strictObject({
  keypad: Id,
  text: Words,
  otherwise: Id,
  ...condition,
});

/** Shows all labelled answers; Kirim / Ubah / Batal. "Ubah" asks which one, asks it again and comes back. */
export const Confirm = z.strictObject({
  confirm: Id,
  text: Words,
  send: Words.optional(),
  photos: Expression.optional(),
  ...condition,
});

export const LookUp = z.strictObject({
  look_up: Id,
  what: Id,
  with: Values.optional(),
  into: Id,
  ...condition,
});

/**
 * An effect of core/effect.ts by its kind; `open_case` and `publish_listing` take draft, answers and photos by
 * themselves. `as` names the step where a kind is used twice. `set_village` takes the answer of a village question.
 */
export const Do = z.strictObject({
  do: Id,
  as: Id.optional(),
  with: Values.optional(),
  into: Id.optional(),
  ...condition,
});

/** Runs another flow and comes back; its `vars` begin with `with`, and what it `returns` comes back into `into`. */
export const Call = z.strictObject({
  call: Id,
  flow: FlowId,
  with: Values.optional(),
  into: Id.optional(),
  ...condition,
});
export const Go = z.strictObject({ go: Id, ...condition });
/** The first case that holds decides where to go; else `else`, else the next step. */
export const When = z.strictObject({
  when: Id,
  cases: z.array(z.strictObject({ if: Expression, go: Id })).min(1),
  else: Id.optional(),
});
export const SetStep = z.strictObject({ set: Id, to: Expression, ...condition });
export const HandOver = z.strictObject({
  hand_over: Id,
  reason: z.enum(['asked', 'misunderstood', 'voice', 'error', 'emergency']).default('asked'),
  text: Words.optional(),
  ...condition,
});
/** Rests for a time or until an event; the flow goes on by itself. */
export const Wait = z.strictObject({
  wait: Id,
  /** 30m, 6h, 3d. */
  for: z
    .string()
    .regex(/^[1-9]\d{0,3}[mhd]$/u, 'a span: 30m, 6h, 3d')
    .optional(),
  /** CEL giving an ISO time. */
  until: Expression.optional(),
  /** What the program tells under this name ends the rest before its time. */
  event: FlowId.optional(),
  into: Id.optional(),
  text: Words.optional(),
  ...condition,
});
/** "Sama seperti dulu?": offers the answers of an earlier request of the same service. */
export const Repeat = z.strictObject({ repeat: Id, text: Words.optional(), ...condition });
/** Ends the flow; `menu: true` then offers the menu line. `returns` is handed to the calling flow. */
export const End = z.strictObject({
  end: Id,
  text: Words.optional(),
  menu: z.boolean().optional(),
  /** This answer is about health though its flow is not: it carries the closing line. */
  health: z.boolean().optional(),
  returns: Expression.optional(),
  ...condition,
});

export const Step = z.union([
  Say,
  Ask,
  Choose,
  Collect,
  SecureForm,
  Keypad,
  Confirm,
  LookUp,
  Do,
  Call,
  Go,
  When,
  SetStep,
  HandOver,
  Wait,
  Repeat,
  End,
]);
export type Step = z.infer<typeof Step>;
export const STEP_TYPES = [
  'say',
  'ask',
  'choose',
  'collect',
  'secure_form',
  'keypad',
  'confirm',
  'look_up',
  'do',
  'call',
  'go',
  'when',
  'set',
  'hand_over',
  'wait',
  'repeat',
  'end',
] as const;
export type StepType = (typeof STEP_TYPES)[number];

export const FlowFile = z.strictObject({
  flow: FlowId,
  /** The stable name that `understand` answers with; none for flows that only buttons or other flows start. */
  intent: z
    .string()
    .regex(/^[a-z_]+(\.[a-z_]+)*$/u)
    .optional(),
  title: Words,
  /** services.yaml: checklist, clock, signer. */
  service: z.string().optional(),
  /** Phrases that name it. */
  understands: z.array(z.string()).default([]),
  /**
   * Words that start it for an officer where the code of a case follows them, in full or its first four letters: "ambil
   * K7QF". `vars.arg` is that case.
   */
  commands: z.array(z.string()).default([]),
  for: z.enum(['anyone', 'officer']).default('anyone'),
  /** `village`: the person's village must be known first; `active`: and it must take requests (a linked officer). */
  needs: z.enum(['nothing', 'village', 'active']).default('nothing'),
  /**
   * May come on top of a pending question (a notice, an officer's tap), which is asked again afterwards. A whole phrase
   * of it ("bayar berapa") is then no answer to a question that takes free words.
   */
  interrupts: z.boolean().default(false),
  /**
   * Said beside whatever waits, which is neither touched nor asked again: a board that is brought up to date. It says
   * something and ends; its choices are buttons alone.
   */
  beside: z.boolean().default(false),
  /** Closing line of every answer of a health flow; the engine appends it to the last message of each turn. */
  health: z.boolean().default(false),
  /** A link may open the chat with it (`/start f-<flow>`). */
  opens_by_link: z.boolean().optional(),
  /**
   * A button of another message may start it. Flows that words start need not say so; a notice, which only the program
   * starts, never does.
   */
  by_button: z.boolean().optional(),
  steps: z.array(Step).min(1),
});
export type FlowFile = z.infer<typeof FlowFile>;

/** flows/services.yaml: one entry a service. */
export const Service = z.strictObject({
  title: Words,
  /** `aid`: relief of poverty and help for school; `rights`: what a resident asks about their own data; `health`: for the midwife. */
  kind: z.enum(['letter', 'referral', 'complaint', 'appointment', 'aid', 'rights', 'health']),
  /** The part of the office that handles it alone, with the heads (core/handlers.ts): land and heirs, Kasi Pemerintahan. */
  desk: z.enum(['land']).optional(),
  /** Its path through the office, one of `paths`; without it that of its kind. */
  path: Id.optional(),
  /** Goes before others in the queue: a death, a hospital, care at home. */
  urgent: z.boolean().default(false),
  /** Working hours of the office within which it is usually ready; null promises nothing. */
  promise_hours: z.number().positive().nullable(),
  /** How the promise reads: "1 hari kerja". */
  promise: Words,
  signer: z.enum(['kepala_desa', 'sekretaris', 'dinas', 'none']).default('kepala_desa'),
  classification: z.string().optional(),
  /** What is needed. `by: chat` is asked for; `by: counter` is only told: identity documents never come by chat. */
  checklist: z
    .array(
      z.strictObject({
        id: Id,
        text: Words,
        by: z.enum(['chat', 'counter']),
        kind: z.enum(['photo', 'document']).optional(),
        optional: z.boolean().default(false),
        /** Needed only where this holds, over the flow's answers: "answers.application == 'lost'". */
        if: Expression.optional(),
      }),
    )
    .default([]),
  confidential: z.boolean().default(false),
  /** Sealed to one role above the person complained of (core/complaints.ts): nobody else of the village sees it. */
  sealed: z.boolean().default(false),
  /** Due so many hours after it was asked, by the calendar, office closed or not (UU 27/2022: 3 x 24). */
  calendar_hours: z.number().positive().optional(),
  complaint_class: z.enum(['light', 'normative', 'non_supervisory', 'investigated']).optional(),
});
export type Service = z.infer<typeof Service>;
export const ServicesFile = z.record(z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/u), Service);

/** One step of a path: what is done, by which roles (the first are asked first), and by whom where nobody holds those. */
export const PathStep = z.strictObject({
  act: z.enum(STEP_ACTS),
  roles: z.array(z.enum(STEP_ROLES)).min(1),
  otherwise: z.array(z.enum(STEP_ROLES)).min(1).optional(),
});
/** `paths:` of flows/services.yaml: how requests go through the office, by kind of service, and others that services name. */
export const PathsFile = z.record(
  Id,
  z
    .array(PathStep)
    .refine(
      (steps) =>
        steps.every(({ act }, n) => n === 0 || STEP_ACTS.indexOf(act) > STEP_ACTS.indexOf(steps[n - 1]!.act)),
      { message: 'the order is verify, initial, sign, each once' },
    ),
);
