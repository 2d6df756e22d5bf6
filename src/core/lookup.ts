import type { Json, JsonObject } from './json.js';
import type { Board } from './board.js';
import type { AreaRecap, Recap, RecapPeriod } from './recap.js';

/**
 * What a flow may read with a `look_up` step. The engine cannot read data: it suspends with the look-up's name and
 * arguments, and converse answers all of a batch in one statement per kind. store/lookUps/<name>.ts answers each.
 * Keys of results are snake_case: flows see them as `{<into>_<key>}` in words and `<into>.<key>` in conditions.
 */
export interface LookUps {
  /** Villages whose name is near to the text; at most 5, the best first. */
  find_village: {
    args: { text: string; district?: string };
    result: { count: number; exact: boolean; items: VillageFound[] };
  };
  /** The letter that stands for a case of one's own; not found while it is not made, is signed on paper, or history is hidden. */
  my_letter: { args: { code: string }; result: LetterSeen };
  /** A case by its code, seen by this conversation: `detail` is false for somebody else's, which shows its state alone. */
  case_by_code: { args: { code: string }; result: CaseSeen };
  /** The resident's own cases, open ones first, at most 7. `hidden`: there are more, from before. */
  my_cases: { args: Record<string, never>; result: { count: number; items: CaseSeen[]; hidden: boolean } };
  /** The resident's own cases of which they may still say that they are not done, the latest first. */
  closed_cases: {
    args: Record<string, never>;
    result: { count: number; items: CaseSeen[]; hidden: boolean };
  };
  /**
   * The asker's latest earlier request of a service, with what they answered then; never sealed answers, nothing while
   * history is hidden.
   */
  earlier_request: { args: { service: string }; result: EarlierRequest };
  /** Published listings near the words; at most 7. `scope` other than the village's is the whole regency. */
  find_listings: { args: { text: string }; result: { count: number; items: ListingSeen[] } };
  /** One listing by its code, as a buyer sees it. */
  listing_by_code: { args: { code: string }; result: ListingSeen & { found: boolean } };
  /** The seller's own listings that are waiting or published. `hidden`: there are more, from before. */
  my_listings: {
    args: Record<string, never>;
    result: { count: number; items: ListingSeen[]; hidden: boolean };
  };
  /** Addresses that are linked with this one, each by its link; none while history is hidden. `names`: in one line. */
  my_addresses: {
    args: Record<string, never>;
    result: { count: number; items: AddressSeen[]; names: string | null };
  };
  /** The people who share this address; none while its history is hidden by silence. */
  my_profiles: {
    args: Record<string, never>;
    result: { count: number; items: ProfileSeen[]; names: string | null };
  };
  /** An officer's open cases in the villages of their roles, oldest request first, at most 7. */
  officer_cases: { args: Record<string, never>; result: { count: number; items: CaseSeen[] } };
  /**
   * What the officer's village did today or this month so far, and what waits; no names. Whoever oversees several has them as
   * one, and with `place` one of them. `no_place`: none of theirs is called so.
   */
  recap: {
    args: { period: RecapPeriod; place?: string };
    result:
      | { found: false; scope: 'none' | 'no_place' }
      // One's own office; one of those below.
      | ({ found: true; scope: 'village' | 'below' } & Recap)
      | ({ found: true; scope: 'district' | 'regency' } & AreaRecap);
  };
  /** What is on the live board of the officer who asks (core/board.ts); nothing for anybody else. */
  officer_board: { args: Record<string, never>; result: Board };
  /** How the officer who asks is told; times as '20:00'. `platforms`: on how many they have a chat. */
  my_pace: { args: Record<string, never>; result: PaceSeen };
  /** Officers with a chat whom the officer who asks may part from it: who serve in villages whose head they are and nowhere else, not themselves. */
  officer_chats: {
    args: Record<string, never>;
    result: {
      count: number;
      /** How many are not among the items. */
      more: number;
      items: { officer: string; name: string; platforms: string; village: string }[];
    };
  };
  /**
   * Which case an officer means: by the message that they quote (its external id), or by the code that `text` begins with,
   * in full or its first four letters. Only cases that they may handle. `rest`: the words after the code.
   */
  meant_case: { args: { text?: string; quotes?: string }; result: MeantCase };
  /** A case for the officer who asks; `found` is false outside the villages of their role. */
  officer_case: { args: { code: string }; result: OfficerCaseSeen };
  /** For an officer who will be away: which of their roles who may hold for them, and what is arranged already. */
  officer_deputies: { args: Record<string, never>; result: OfficerDeputies };
  /** What waits for one step of the officer who asks: `codes` of all (at most 100), the first 7 as `items`. */
  officer_waiting: { args: { step: WaitingStep }; result: OfficerWaiting };
  /**
   * Whether the village keeps a register here (`usable`), and whether an officer has found the resident in it before
   * (`known`), so that they need not be asked again.
   */
  register_state: { args: Record<string, never>; result: { usable: boolean; known: boolean } };
  /** How the village has the pengantar RT/RW; `noted`: it is settled for this draft already. */
  introduction_way: {
    args: { draft?: string };
    result: { way: 'rt_tap' | 'photo' | 'counter' | 'none'; noted: boolean };
  };
  /**
   * When the posyandu is held in the asker's village next, at most 5, of `hamlet` alone where one is named. `hamlets`:
   * all that have dates, in one line. `next_…`: the first of the items.
   */
  health_dates: { args: { hamlet?: string }; result: HealthDates };
  /** The form by which the resident made themselves known for an earlier request in this village, while it is kept. */
  known_identity: {
    args: Record<string, never>;
    result: { found: boolean; form: string | null; since: string | null };
  };
  /** Who would receive a complaint about such a person (core/complaints.ts); not found: it goes outside. */
  complaint_receiver: {
    args: { who: string; named?: string };
    result: { found: boolean; role: string | null };
  };
  /** The code of the day, and the installation's lines that serve the asker's village, in one line. */
  official_lines: { args: Record<string, never>; result: { code: string; lines: string | null } };
  /** What is kept of the asker; `found` is false while history is hidden. */
  my_data: { args: Record<string, never>; result: MyData };
  /** An invite by the digest of its token, before it is accepted. */
  invite_by_token: {
    args: { token: string };
    result: { found: boolean; usable: boolean; name: string | null; village: string | null };
  };
}

export interface EarlierRequest {
  found: boolean;
  code: string | null;
  /** ISO time. */
  opened: string | null;
  /** By question id, as stored. */
  answers: JsonObject;
}

export interface MyData {
  [key: string]: string | number | boolean | null;
  found: boolean;
  name: string | null;
  place: string | null;
  language: string | null;
  /** Chat accounts that are linked as one person. */
  accounts: number;
  /** ISO time. */
  since: string | null;
  cases: string | null;
  listings: string | null;
  files: number;
  messages: number;
  /** Agreed to: `yes`, or null. */
  market: string | null;
  news: string | null;
  reminders: string | null;
}

export interface VillageFound {
  [key: string]: string | boolean;
  id: string;
  name: string;
  district: string;
  is_active: boolean;
}

export interface HealthDates {
  count: number;
  items: HealthDate[];
  next_date: string | null;
  next_time: string | null;
  next_place: string | null;
  next_hamlet: string | null;
  hamlets: string | null;
}

export interface HealthDate {
  [key: string]: string | null;
  /** Of the village's clock: `2026-12-08`, `08:00`. */
  date: string;
  time: string;
  place: string;
  /** null: the whole village. */
  hamlet: string | null;
}

export interface AddressSeen {
  [key: string]: string | null;
  link: string;
  platform: string;
  /** As the platform shows it. */
  name: string | null;
  /** Which of the two leaves when they are unlinked: this address, or the other. */
  leaves: 'here' | 'there';
}

export interface ProfileSeen {
  [key: string]: string | boolean;
  profile: string;
  name: string;
  is_current: boolean;
}

/** A letter as the resident gets it in the chat. `document`: its attachment; `hidden`: they must first show who they are. */
export interface LetterSeen {
  found: boolean;
  hidden: boolean;
  document: string | null;
  file_name: string | null;
  number: string | null;
  service: string | null;
}

export interface CaseSeen {
  [key: string]: Json;
  found: boolean;
  detail: boolean;
  /** The asker's own, but from before, while history is hidden. */
  hidden: boolean;
  code: string;
  /** Service id; its words are the text `service.<id>`. */
  service: string;
  status: string;
  position: number | null;
  /** ISO time. */
  opened: string | null;
  due: string | null;
  /** The officer's last words to the resident: a question, a reason, where to fetch it. */
  words: string | null;
  /** First name of the person whom it is for, where that is somebody else than the asker. */
  for_whom: string | null;
  /** The step of its path that waits. */
  step: string | null;
  /** Items of the checklist that are missing and can be sent in the chat, `usaha.foto_usaha`; and those shown at the office. */
  send: string[];
  bring: string[];
  /** The first of `send`, and how it is sent. */
  item: string | null;
  item_kind: 'photo' | 'document' | null;
  /** Papers that are shown when it is fetched. */
  papers: string[];
  /** Its promise has passed, and the office has not kept it. */
  is_late: boolean;
  /** The office to which it was passed on. */
  office: string | null;
  /** It is one with another request, and follows that one. */
  is_merged: boolean;
  /** Whether the asker may still say that it is not done. */
  may_reopen: boolean;
  /** Its letter was sent in the chat, and can be sent once more. */
  has_letter: boolean;
  /** Of a promise that is missed: who was reminded, and who beyond the village (core/caseSeen.ts `CaseExtras`). */
  told: string | null;
  beyond: string | null;
  /** Why the promise stands still, or was put off: a kind of outage. */
  halted: string | null;
  postponed: string | null;
}

export interface PaceSeen {
  pace: string;
  quiet_from: string;
  quiet_until: string;
  /** null: where they wrote last. */
  platform: string | null;
  platforms: number;
}

export interface MeantCase {
  found: boolean;
  /** `several`: the message tells of several, or the letters fit several; `none`: there is none. */
  outcome: 'one' | 'several' | 'none';
  code: string;
  service: string;
  /** First name; null of a sealed complaint. */
  resident: string | null;
  status: string;
  rest: string | null;
}

export interface OfficerCaseSeen {
  [key: string]: Json;
  found: boolean;
  code: string;
  service: string;
  status: string;
  /** First name only: chat notifications carry no more. */
  resident: string | null;
  /** Asked for while the history of its resident was hidden: nobody knows whether it is they. */
  unproven: boolean;
  taken_by: string | null;
  is_mine: boolean;
  due: string | null;
  /** The step of its path that waits. */
  step: string | null;
  /** What this officer could do to it now (core/decide.ts). */
  acts: string[];
  /** Whether its path ends in a signature, and how its village signs. */
  is_letter: boolean;
  way: 'wet' | 'electronic' | null;
  /** Nobody can be written to: it was asked for at the counter. */
  no_chat: boolean;
  /** On whom it is laid, where nobody has it. */
  assigned_to: string | null;
  /** Who may do the step that waits, by name, where nobody has it. */
  waits_for: string | null;
  is_urgent: boolean;
  /** What can be asked for: the service's checklist, each by its id and as it is worded (`item`), with what came in the chat, and what is missing already. */
  items: { id: string; item: string; is_sent: boolean; is_missing: boolean }[];
  /** Colleagues to whom it can be given. */
  colleagues: { id: string; name: string }[];
}

export interface OfficerDeputies {
  count: number;
  roles: { role: string; village: string; where: string; deputies: { id: string; name: string }[] }[];
  /** The first that holds or will: its id, the deputy's name, and its days, `2026-12-08`. */
  delegation: string | null;
  deputy: string | null;
  from: string | null;
  to: string | null;
}

/** `paper`: printed letters that wait for signatures on paper; `ready`: what is to be fetched. */
export const WAITING_STEPS = ['verify', 'initial', 'sign', 'paper', 'ready'] as const;
export type WaitingStep = (typeof WAITING_STEPS)[number];

export interface OfficerWaiting {
  count: number;
  /** How many more there are than `items`. */
  more: number;
  items: { code: string; service: string; resident: string | null; due: string | null }[];
  codes: string[];
  first: string | null;
  /** How the village of the first one signs. */
  way: 'wet' | 'electronic' | null;
  /** With `paper`: letters that wait to be printed first. */
  unprinted: number;
  /** Whether the officer has a PIN to sign by. */
  has_pin: boolean;
}

/** What is told of a listing. */
export interface Listed {
  code: string;
  title: string;
  status: string;
  /** Rupiah for one unit; null where it is open to bargaining alone. */
  price: number | null;
  unit: string | null;
  quantity: number | null;
  village: string;
  /** What the seller agreed to publish; null where nothing. */
  contact: string | null;
  seller: string | null;
  photo: string | null;
}

export interface ListingSeen extends Listed {
  [key: string]: string | number | boolean | null;
  /** ISO time. */
  published: string | null;
}

export type LookUpName = keyof LookUps;
