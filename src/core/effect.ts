import type { FormField } from './formField.js';
import type { Json, JsonObject } from './json.js';
import type { KeypadEntry } from './keypad.js';
import type { Outgoing } from './outgoing.js';

/**
 * What a conversation wants to happen, spelled as commands. The engine only asks; appliers in effects/ do it,
 * all effects of a batch of conversations at once, in the transaction that stores their sessions.
 * A `do` step suspends the flow with its effect as an ask and goes on with the effect's result;
 * the others are applied without a result that anyone waits for.
 */
export type Effect =
  | { kind: 'send_message'; message: Outgoing }
  | OpenCase
  | OpenWalkIn
  | Delegate
  /** The delegation is over before its last day; by whoever is away, or the heads. */
  | { kind: 'end_delegation'; delegation: string }
  | ActOnCase
  | SignCases
  /** One act, without words, on several cases: each is decided by itself. */
  | { kind: 'act_on_cases'; codes: string[]; act: CaseAct }
  /** What an officer has in hand, or what lies on them, and they may go on with no more, goes back to the office. */
  | { kind: 'hand_back'; officer: string }
  /** Where a chat has no keypad: a page of one use on which the officer signs these cases. */
  | { kind: 'open_sign_page'; codes: string[] }
  /** An officer asks in their own chat to choose a new password of the console. */
  | { kind: 'open_password_link' }
  | OpenForm
  | UseForm
  /** The resident is done with a form: its conversation hears of it. Asked by the form's page. */
  | { kind: 'finish_form'; form: string }
  | PublishListing
  | ChangeListing
  | { kind: 'report_listing'; code: string; reason: string }
  /** A buyer asks the seller to call; `phone`: the buyer's, 62…. */
  | { kind: 'request_call'; code: string; phone: string }
  | { kind: 'set_language'; language: string }
  | { kind: 'set_village'; village: string }
  /** The name by which the resident wants to be called. */
  | { kind: 'remember_name'; name: string }
  | { kind: 'record_consent'; purpose: ConsentPurpose; version: string; given: boolean }
  /** A person is wanted: the officers of the village are told. `files`: attachments that they are to see or hear. */
  | { kind: 'hand_over'; reason: HandOverReason; text?: string; files?: string[]; code?: string }
  /** The bot has the word again. `how`: who ended it; the resident where it is not said. */
  | { kind: 'end_hand_over'; how?: HandOverEnd }
  /** An officer's words to a resident who asked for a person; `conversation` as the notification named it. */
  | { kind: 'answer_resident'; conversation: string; text: string; photos?: string[] }
  /** An officer's words to the resident of a case, in the chat that it came from; nothing of the case changes. */
  | { kind: 'message_resident'; code: string; text: string }
  /** An officer ends the conversation with a resident. */
  | { kind: 'end_call'; conversation: string }
  | AcceptInvite
  | { kind: 'confirm_invite'; invite: string; accept: boolean }
  /** The officer's own word, in their chat, on an account that somebody made or changed for them. */
  | { kind: 'confirm_account'; accept: boolean }
  | SetPace
  /**
   * An officer's phone is lost, or its chat is to be theirs no more: a head of their village, or a keeper, takes all their
   * chats away. Their sessions in the console end as well.
   */
  | { kind: 'unlink_officer_chat'; officer: string }
  /** A short code that joins another address of the same person to this one. */
  | { kind: 'make_link_code' }
  /** The code, typed on the address that joins; `code` may have words around it. */
  | { kind: 'use_link_code'; code: string }
  /** The answer on the first address; `link` as `link-confirm` named it. */
  | { kind: 'confirm_link'; link: string; accept: boolean }
  | { kind: 'unlink'; link: string }
  /** Another person at this address; `own` names the one who was there before, where nobody was told apart yet. */
  | { kind: 'add_profile'; name: string; own?: string }
  /** Who has the word; `profile` as `my_profiles` named it. */
  | { kind: 'choose_profile'; profile: string }
  | { kind: 'rename_profile'; profile: string; name: string }
  | { kind: 'remove_profile'; profile: string }
  /** Shows that hidden history is one's own: by the number of a request, or by a code sent to another address. */
  | { kind: 'confirm_history'; code: string }
  | { kind: 'send_history_code' }
  /** This address is somebody else's by now: the history stays with the person before. */
  | { kind: 'start_afresh' }
  /** A village office's group, brought by a link: the digest of its token (core/inviteToken.ts). Asked by the group. */
  | { kind: 'link_group'; token: string }
  /** The group that asks gets no more notices; or, at the console, that of a village which the officer keeps. */
  | { kind: 'end_group'; village?: string }
  | MatchRegister
  | NoteIntroduction
  /** An officer at the console says who a case's resident is in the register; `register` null: none of the candidates. */
  | { kind: 'decide_match'; code: string; register: string | null }
  /** The RT head's tap under the question: `mine.<id>` or `not_mine.<id>`. */
  | { kind: 'answer_introduction'; answer: string }
  /** Whoever somebody else asked something for; `beneficiary` as `for-whom-confirm` named it. */
  | { kind: 'answer_beneficiary'; beneficiary: string; agrees: boolean }
  | IssueLetters
  | { kind: 'withdraw_letter'; letter: string; reason: string }
  | { kind: 'replace_letter'; letter: string; reason: string }
  /** How a case was handled: `score` 1 to 5, once; `text`: a word to it, also afterwards. */
  | { kind: 'rate_case'; code: string; score: number; text?: string }
  | { kind: 'set_timer'; timer: TimerKind; dueAt: string; vars?: JsonObject }
  | { kind: 'cancel_timer'; timer: TimerKind }
  /** A late emergency, or another thing that a person must hear of. */
  | { kind: 'raise_incident'; incident: IncidentKind; detail: JsonObject };

/** How the officer who asks is told from now on (core/pace.ts); what is not given stays. */
export interface SetPace {
  kind: 'set_pace';
  pace?: string;
  /** '20:00'; the same for both: no quiet hours. */
  quiet_from?: string;
  quiet_until?: string;
  /** 'telegram' or 'whatsapp' first; 'any': where they wrote last. */
  platform?: string;
}

export interface OpenCase {
  kind: 'open_case';
  /** The draft's id: one draft opens one case, whatever happens. */
  draft: string;
  service: string;
  flow: string;
  /** What was answered, by question id, as stored (not as worded). */
  answers: JsonObject;
  /** Sensitive answers, sealed by the pipeline before they reach a row. */
  private?: JsonObject;
  /** Attachment ids by question id. */
  attachments?: { [question: string]: string[] };
  confidential?: boolean;
  /** For whom, where several people share the address: the resident who was chosen when the draft began. */
  resident?: string;
  /** Of a sealed complaint: who is complained of (core/complaints.ts), and their name where it is known. */
  who?: string;
  named?: string;
  /** Whom it is for, where the resident asks for somebody else. */
  beneficiary?: Beneficiary;
}

/** A request made at the counter, entered by an officer: for people without a phone, and for those who come by. */
export interface OpenWalkIn {
  kind: 'open_walk_in';
  /** Of the filled-in page: sent twice it opens one case. */
  draft: string;
  village: string;
  service: string;
  flow: string;
  /** As on the identity card that was shown. */
  name: string;
  answers: JsonObject;
  private?: JsonObject;
  /** Items of the service's checklist that were shown. */
  papers?: string[];
  /** 62…; where it is a known address of a line, they are told there. */
  phone?: string;
  /** Who they are in the village's register, found by name. */
  register?: string;
}

/** An officer's role is a colleague's for some days, "a.n.". */
export interface Delegate {
  kind: 'delegate';
  /** Who is away; without it whoever asks. Another's is the heads' to delegate. */
  officer?: string;
  deputy: string;
  role: string;
  village: string;
  /** '2026-08-10', of the village's calendar, both included. */
  from: string;
  to: string;
}

export interface Beneficiary {
  name: string;
  relation: Relation;
  /** 62…; where it is a known address of a line, they are asked themselves. */
  phone?: string;
}

/** Who the beneficiary is to whoever asks. */
export const RELATIONS = [
  'parent',
  'child',
  'spouse',
  'family',
  'neighbour',
  'rt_resident',
  'other',
] as const;
export type Relation = (typeof RELATIONS)[number];

/**
 * Who a request is about, as said, held against the village's register. Nothing of it is answered: a chat must not
 * tell who is registered.
 */
export interface MatchRegister {
  kind: 'match_register';
  draft: string;
  name: string;
  /** 2026-11-24 */
  birth_date?: string;
  /** Dusun, RT and RW, as typed. */
  address?: string;
}

/** How the pengantar RT/RW of the draft is had. */
export interface NoteIntroduction {
  kind: 'note_introduction';
  draft: string;
  way: 'rt_tap' | 'photo';
  /** 003/004 */
  rt_rw?: string;
  hamlet?: string;
  photos?: string[];
  /** The resident asks for somebody else. */
  helps?: boolean;
}

/** A link to a form for what must not be typed in a chat. A draft has one form for each of its steps, however often it is asked for. */
export interface OpenForm {
  kind: 'open_form';
  draft: string;
  step: string;
  /** What it is for, as the resident reads it: the service. */
  title: string;
  fields: FormField[];
  /** A new link for the same form: the one before works no more. */
  renew?: boolean;
  resident?: string;
}

/** A form that the resident filled in for an earlier request serves this draft as well; `form` as `known_identity` named it. */
export interface UseForm {
  kind: 'use_form';
  form: string;
  draft: string;
  resident?: string;
}

export interface ActOnCase {
  kind: 'act_on_case';
  code: string;
  act: CaseAct;
  /** A question to the resident, a reason of refusal, an answer, a note. */
  text?: string;
  attachments?: string[];
  /** give: the colleague's id · forward: the office's name · merge, relate: the other case's code · return: the step · classify: the class
   * · ready: the number of a letter that was made elsewhere. */
  to?: string;
  /** ask: items of the service's checklist that are missing · answer: those that are sent now. */
  items?: string[];
}

/**
 * An officer signs a batch by one PIN: what is theirs to sign is signed, its letters are issued, in one transaction. The
 * PIN comes as what was tapped on a keypad, or from a page (`pin`); it is held against the officer's once.
 */
export interface SignCases {
  kind: 'sign_cases';
  codes: string[];
  pin?: string;
  keypad?: KeypadEntry;
  /** The page of one use on which it was signed: it is over, and the chat that gave it is told. */
  page?: string;
}

/** What can be done to a case. Who may do which in what state: core/cases.ts. */
export const CASE_ACTS = [
  'take',
  'release',
  'give',
  'ask',
  'answer',
  'note',
  'verify',
  'initial',
  'sign',
  'return',
  'ready',
  'finish',
  'refuse',
  'forward',
  'reopen',
  'cancel',
  'merge',
  'relate',
  'classify',
  'undo',
] as const;
export type CaseAct = (typeof CASE_ACTS)[number];

/** Numbers letters that are to be signed on paper: the print pile. `codes`: their cases. */
export interface IssueLetters {
  kind: 'issue_letters';
  codes: string[];
}

export interface PublishListing {
  kind: 'publish_listing';
  draft: string;
  /** Fields of core/listing.ts `ListingDraft`, by question id. */
  fields: JsonObject;
  photos: string[];
  /** As for a case. */
  resident?: string;
}

export interface ChangeListing {
  kind: 'change_listing';
  code: string;
  /** `approve`, `refuse` and `take_down` are an officer's; the others the seller's. */
  act: 'sold' | 'withdraw' | 'renew' | 'approve' | 'refuse' | 'take_down';
  reason?: string;
}

export interface AcceptInvite {
  kind: 'accept_invite';
  /** The digest of the invite link's token (core/inviteToken.ts): the token itself goes no further than the door. */
  token: string;
  /** The phone that the platform proved, 62…. */
  phone: string;
}

export type ConsentPurpose = 'market' | 'health_reminder' | 'notification';
export type HandOverEnd = 'resident' | 'officer' | 'silence';
/**
 * `message`: what the resident goes on to say while a person has the word. `answered`: an officer has answered, and has
 * the word on; nobody is told of that.
 */
export type HandOverReason =
  'answered' | 'asked' | 'misunderstood' | 'voice' | 'error' | 'emergency' | 'message';
export type TimerKind =
  | 'draft_reminder'
  | 'draft_expiry'
  | 'gather'
  /** A flow that rests goes on. */
  | 'rest'
  /** A case comes to its next rung (core/clocks.ts). */
  | 'case_clock'
  /** A village's working day, or month, is over. */
  | 'recap_daily'
  | 'recap_monthly'
  /** A delegation begins, or ends. */
  | 'delegation_clock'
  | 'listing_expiry'
  /** How was it? After a case was finished. */
  | 'ask_rating'
  | 'listing_check'
  | 'hand_over_end'
  | HealthReminder;
/** Reminders that a resident agreed to; all that is kept is the day. */
export type HealthReminder = 'immunisation_reminder' | 'pregnancy_reminder';
export type IncidentKind =
  | 'late_emergency'
  | 'line_down'
  /** A line was away for longer than its platform keeps messages. */
  | 'possible_gap'
  | 'clock_behind'
  | 'conversation_parked'
  | 'outcome_unknown'
  | 'no_officer'
  | 'message_lost'
  /** News wait for somebody who can be written to only once they have written. */
  | 'not_reached';

/** The kinds of effect: appliers cover all of them, or the program does not build. */
export type EffectKind = Effect['kind'];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;

/** What an effect answers to the flow that asked for it; `null` where there is nothing to tell. */
export interface EffectResults {
  /**
   * `due`: ISO; null where the service or the village promises nothing. `refused`: no case was opened, and `code` is
   * empty: the village takes no requests (any more), or nobody there may receive the complaint. `receiver`: the role
   * to which a complaint was sealed.
   */
  open_case: {
    code: string;
    position: number | null;
    due: string | null;
    is_new: boolean;
    refused?: 'not_active' | 'no_receiver';
    receiver?: string | null;
  };
  /** `told`: they were written to. `not_allowed`: not this officer's to open, or never at the counter (a sealed complaint). */
  open_walk_in: {
    code: string;
    position: number | null;
    due: string | null;
    is_new: boolean;
    told: boolean;
    refused?: 'not_active' | 'not_allowed';
  };
  /** `overlaps`: that role is somebody else's already on one of these days. */
  delegate: {
    outcome: 'done' | 'not_allowed' | 'not_there' | 'overlaps' | 'past';
    delegation: string | null;
    deputy: string | null;
  };
  end_delegation: { outcome: 'done' | 'not_found' };
  /**
   * `lost`: somebody else was first (`by`). `not_allowed`: `reason` says why (core/cases.ts `Refusal`). `step`: the step
   * of its path that waits now.
   */
  act_on_case: {
    outcome: 'done' | 'lost' | 'not_allowed' | 'not_found';
    status: string | null;
    by: string | null;
    code: string;
    step: string | null;
    reason?: string;
  };
  act_on_cases: { outcome: 'done' | 'none'; done: string[]; left: string[]; count: number };
  hand_back: { codes: string[] };
  /**
   * `none`: nothing of it was theirs to sign. `left`: what was not signed, and why: `missing` fields of its letter, or what
   * act_on_case says of it. `missing` words the first for officers (`K7M2-PXQ4-3 (tempat lahir)`), `others` are the
   * codes of the rest, with who was first (`K7M2-PXQ4-3 (Bu Sri)`). `until`: ISO, when the lock ends.
   */
  /** `left`: what each lacks, as officers call it; nothing where it is not to be signed on paper, or not there. */
  issue_letters: {
    issued: { code: string; number: string; letter: string }[];
    left: { code: string; missing: string[] }[];
    count: number;
  };
  withdraw_letter: { outcome: 'done' | 'already' | 'not_allowed' | 'not_found'; number: string | null };
  /** `done`: with a new number. `to_sign`: the case went back, to be signed again. `missing`: nothing was changed. */
  replace_letter: {
    outcome: 'done' | 'to_sign' | 'missing' | 'already' | 'not_allowed' | 'not_found';
    number: string | null;
    missing: string[];
  };
  sign_cases: {
    outcome: 'done' | 'wrong_pin' | 'locked' | 'no_pin' | 'none';
    signed: string[];
    left: { code: string; reason: string; missing?: string[]; by?: string }[];
    tries_left: number | null;
    until: string | null;
    count: number;
    missing: string | null;
    others: string[];
  };
  /** `path`: of the page, without the address of the installation. */
  open_sign_page: { outcome: 'open' | 'no_pin' | 'locked'; path: string; until: string | null };
  /** `path` as above. `in_person`: a second factor must be set up first. `too_many`: of today. */
  open_password_link: {
    outcome: 'open' | 'no_account' | 'in_person' | 'too_many';
    path: string;
    username: string | null;
    until: string | null;
  };
  /** `done`: it is filled in already. `link` counts the links of this form; `until`: ISO, when this one ends. */
  open_form: { outcome: 'open' | 'done'; form: string; link: number; until: string };
  use_form: { outcome: 'done' | 'not_found' };
  /** `missing`: fields that are still to be filled in. `closed`: finished before, or its link has ended. */
  finish_form: { outcome: 'done' | 'missing' | 'closed'; missing: string[] };
  /** `refused`: forbidden goods; `reason` names the group (core/listing.ts). */
  publish_listing: {
    code: string;
    status: 'waiting' | 'published' | 'refused';
    reason: string | null;
    is_new: boolean;
  };
  change_listing: { outcome: 'done' | 'not_allowed' | 'not_found'; title: string | null };
  /** `own`: the buyer is the seller. */
  request_call: { outcome: 'done' | 'own' | 'not_found' };
  /** `resident`: the first name. `lost`: another officer has it (`by`). */
  answer_resident: { outcome: 'done' | 'lost' | 'not_found'; resident: string | null; by: string | null };
  /** `lost`: another officer has the word there (`by`). `no_chat`: asked for at the counter, nobody to write to. `veiled`: somebody else has the phone, who is told for whom it is. */
  message_resident: {
    outcome: 'done' | 'veiled' | 'lost' | 'not_allowed' | 'not_found' | 'no_chat' | 'no_words';
    resident: string | null;
    by: string | null;
  };
  end_call: { outcome: 'done' | 'lost' | 'not_found'; resident: string | null; by: string | null };
  accept_invite: {
    outcome: 'accepted' | 'waiting' | 'wrong_phone' | 'expired' | 'used' | 'not_found';
    name: string | null;
    village: string | null;
  };
  confirm_invite: { outcome: 'done' | 'not_allowed' | 'not_found'; name: string | null };
  /** `not_allowed`: no officer asks. `not_understood`: no such pace, time or platform. */
  set_pace: { outcome: 'done' | 'not_allowed' | 'not_understood' };
  /** `none`: the officer has no chat. */
  unlink_officer_chat: {
    outcome: 'done' | 'none' | 'not_allowed' | 'not_found';
    name: string | null;
    chats: number;
  };
  /** `none`: there is no such account, or nothing about it is open. */
  confirm_account: { outcome: 'done' | 'none' };
  /** `hidden`: the person must first show that this address is theirs. `code` is empty where none was made. */
  make_link_code: { outcome: 'made' | 'officer' | 'group' | 'limited' | 'hidden'; code: string };
  /**
   * `asked`: the other address, on `platform`, is asked. `none`: what was typed is no code. `already`: these two are
   * linked. `linked`: this one is linked with a third.
   */
  use_link_code: {
    outcome:
      | 'asked'
      | 'none'
      | 'typo'
      | 'wrong'
      | 'expired'
      | 'used'
      | 'own'
      | 'already'
      | 'linked'
      | 'limited'
      | 'officer'
      | 'group'
      | 'hidden';
    platform: string | null;
  };
  /** `platform` and `name`: of the address that joins. */
  confirm_link: {
    outcome: 'linked' | 'refused' | 'expired' | 'not_found';
    platform: string | null;
    name: string | null;
  };
  /** `leaves`: whether it was the address of this chat that left, or the other one. */
  unlink: {
    outcome: 'done' | 'not_found';
    platform: string | null;
    leaves: 'here' | 'there' | null;
  };
  add_profile: { outcome: 'done' | 'full' | 'exists' | 'not_allowed'; name: string };
  choose_profile: { outcome: 'done' | 'not_found'; name: string | null };
  rename_profile: { outcome: 'done' | 'exists' | 'not_found'; name: string | null };
  /** `not_shown`: who has asked for something is taken away by themselves alone, once they showed that they are it. */
  remove_profile: { outcome: 'done' | 'not_found' | 'not_shown'; name: string | null };
  confirm_history: { outcome: 'confirmed' | 'wrong' | 'typo' | 'limited' };
  /** `platform`: where the code went. */
  send_history_code: { outcome: 'sent' | 'none' | 'limited'; platform: string | null };
  /**
   * `noted`: the RT head will be asked once the case is open. `no_head`: nobody can be asked in the chat. `many`: several
   * heads of that number, the hamlet tells which.
   */
  note_introduction: { outcome: 'noted' | 'no_head' | 'many' };
  decide_match: { outcome: 'done' | 'not_found' | 'not_allowed' };
  answer_introduction: { outcome: 'done' | 'already' | 'not_found'; resident: string | null };
  /** `already`: it was rated before. */
  rate_case: { outcome: 'done' | 'already' | 'not_found' };
  answer_beneficiary: { outcome: 'done' | 'already' | 'not_found' };
  link_group: { outcome: 'done' | 'expired' | 'used' | 'not_found'; village: string | null };
  end_group: { outcome: 'done' | 'not_found'; village: string | null };
}

export type ResultOf<K extends EffectKind> = K extends keyof EffectResults ? EffectResults[K] : Json;
