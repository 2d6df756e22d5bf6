import type { EffectKind } from '../core/effect.js';
import type { LookUpName } from '../core/lookup.js';

/**
 * Names that a flow file may use and the program fills: a forgotten look-up or effect does not build, an unknown one
 * is a fault that `check` names.
 */
export const LOOK_UPS = {
  find_village: { args: ['text'], more: ['district'], result: ['count', 'exact', 'items'] },
  case_by_code: { args: ['code'], more: [], result: caseKeys() },
  my_cases: { args: [], more: [], result: ['count', 'items', 'hidden'] },
  closed_cases: { args: [], more: [], result: ['count', 'items', 'hidden'] },
  my_letter: {
    args: ['code'],
    more: [],
    result: ['found', 'hidden', 'document', 'file_name', 'number', 'service'],
  },
  earlier_request: { args: ['service'], more: [], result: ['found', 'code', 'opened', 'answers'] },
  find_listings: { args: ['text'], more: [], result: ['count', 'items'] },
  listing_by_code: { args: ['code'], more: [], result: [...listingKeys(), 'found'] },
  my_listings: { args: [], more: [], result: ['count', 'items', 'hidden'] },
  my_addresses: { args: [], more: [], result: ['count', 'items', 'names'] },
  my_profiles: { args: [], more: [], result: ['count', 'items', 'names'] },
  officer_cases: { args: [], more: [], result: ['count', 'items'] },
  officer_case: {
    args: ['code'],
    more: [],
    result: [
      'found',
      'code',
      'service',
      'status',
      'resident',
      'unproven',
      'taken_by',
      'is_mine',
      'due',
      'step',
      'acts',
      'is_letter',
      'way',
      'no_chat',
      'assigned_to',
      'waits_for',
      'is_urgent',
      'items',
      'colleagues',
    ],
  },
  officer_deputies: { args: [], more: [], result: ['count', 'roles', 'delegation', 'deputy', 'from', 'to'] },
  officer_waiting: {
    args: ['step'],
    more: [],
    result: ['count', 'more', 'items', 'codes', 'first', 'way', 'unprinted', 'has_pin'],
  },
  recap: {
    args: ['period'],
    more: ['place'],
    result: [
      'found',
      'scope',
      'village',
      'day',
      'opened',
      'finished',
      'otherwise',
      'waiting',
      'asked',
      'ready',
      'overdue',
      'oldest',
      'stars',
      'rated',
      'villages',
      'worst',
      'more',
    ],
  },
  officer_board: {
    args: [],
    more: [],
    result: ['count', 'waiting', 'mine', 'initial', 'sign', 'asked', 'overdue', 'cases', 'more', 'oldest'],
  },
  my_pace: { args: [], more: [], result: ['pace', 'quiet_from', 'quiet_until', 'platform', 'platforms'] },
  officer_chats: { args: [], more: [], result: ['count', 'more', 'items'] },
  meant_case: {
    args: [],
    more: ['text', 'quotes'],
    result: ['found', 'outcome', 'code', 'service', 'resident', 'status', 'rest'],
  },
  register_state: { args: [], more: [], result: ['usable', 'known'] },
  introduction_way: { args: [], more: [], result: ['way', 'noted'] },
  health_dates: {
    args: [],
    more: ['hamlet'],
    result: ['count', 'items', 'next_date', 'next_time', 'next_place', 'next_hamlet', 'hamlets'],
  },
  known_identity: { args: [], more: [], result: ['found', 'form', 'since'] },
  complaint_receiver: { args: ['who'], more: ['named'], result: ['found', 'role'] },
  official_lines: { args: [], more: [], result: ['code', 'lines'] },
  my_data: {
    args: [],
    more: [],
    result: [
      'found',
      'name',
      'place',
      'language',
      'accounts',
      'since',
      'cases',
      'listings',
      'files',
      'messages',
      'market',
      'news',
      'reminders',
    ],
  },
  invite_by_token: { args: ['token'], more: [], result: ['found', 'usable', 'name', 'village'] },
} as const satisfies {
  [K in LookUpName]: { args: readonly string[]; more: readonly string[]; result: readonly string[] };
};

export interface EffectNames {
  /** Must stand in `with`. */
  with: readonly string[];
  /** May stand in `with`. */
  more: readonly string[];
  /** Keys of its result, found under `into`; none: it answers nothing. */
  result: readonly string[];
  /** Where the result goes when the step does not say. */
  into: string | null;
}

/** Effects that a `do` step may ask for. `send_message` and timers of the engine's own are not a flow's to ask. */
export const EFFECTS = {
  send_message: null,
  open_case: {
    with: [],
    more: ['service', 'who', 'named'],
    result: ['code', 'position', 'due', 'is_new', 'refused', 'receiver'],
    into: 'case',
  },
  open_walk_in: null,
  delegate: {
    with: ['deputy', 'role', 'village', 'from', 'to'],
    more: [],
    result: ['outcome', 'delegation', 'deputy'],
    into: 'delegated',
  },
  end_delegation: { with: ['delegation'], more: [], result: ['outcome'], into: 'ended' },
  act_on_case: {
    with: ['code', 'act'],
    more: ['text', 'attachments', 'to', 'items'],
    result: ['outcome', 'status', 'by', 'code', 'step', 'reason'],
    into: 'act',
  },
  act_on_cases: {
    with: ['codes', 'act'],
    more: [],
    result: ['outcome', 'done', 'left', 'count'],
    into: 'done',
  },
  issue_letters: { with: ['codes'], more: [], result: ['issued', 'left', 'count'], into: 'issue' },
  withdraw_letter: null,
  replace_letter: null,
  sign_cases: {
    with: ['codes'],
    more: ['keypad'],
    result: ['outcome', 'signed', 'left', 'tries_left', 'until', 'count', 'missing', 'others'],
    into: 'signed',
  },
  open_password_link: { with: [], more: [], result: ['outcome', 'path', 'username', 'until'], into: 'link' },
  open_sign_page: { with: ['codes'], more: [], result: ['outcome', 'path', 'until'], into: 'page' },
  open_form: null,
  use_form: { with: ['form'], more: [], result: ['outcome'], into: 'used' },
  finish_form: null,
  publish_listing: { with: [], more: [], result: ['code', 'status', 'reason', 'is_new'], into: 'listing' },
  change_listing: { with: ['code', 'act'], more: ['reason'], result: ['outcome', 'title'], into: 'change' },
  report_listing: { with: ['code', 'reason'], more: [], result: [], into: null },
  request_call: { with: ['code', 'phone'], more: [], result: ['outcome'], into: 'call' },
  set_language: { with: ['language'], more: [], result: [], into: null },
  set_village: { with: ['village'], more: [], result: [], into: null },
  remember_name: { with: ['name'], more: [], result: [], into: null },
  record_consent: { with: ['purpose', 'version', 'given'], more: [], result: [], into: null },
  hand_over: { with: ['reason'], more: ['text', 'files', 'code'], result: [], into: null },
  end_hand_over: { with: [], more: ['how'], result: [], into: null },
  answer_resident: {
    with: ['conversation'],
    more: ['text', 'photos'],
    result: ['outcome', 'resident', 'by'],
    into: 'answer',
  },
  message_resident: {
    with: ['code', 'text'],
    more: [],
    result: ['outcome', 'resident', 'by'],
    into: 'message',
  },
  end_call: { with: ['conversation'], more: [], result: ['outcome', 'resident', 'by'], into: 'ended' },
  accept_invite: {
    with: ['token', 'phone'],
    more: [],
    result: ['outcome', 'name', 'village'],
    into: 'invite',
  },
  confirm_invite: { with: ['invite', 'accept'], more: [], result: ['outcome', 'name'], into: 'invite' },
  set_pace: {
    with: [],
    more: ['pace', 'quiet_from', 'quiet_until', 'platform'],
    result: ['outcome'],
    into: 'set',
  },
  unlink_officer_chat: {
    with: ['officer'],
    more: [],
    result: ['outcome', 'name', 'chats'],
    into: 'unlinked',
  },
  confirm_account: { with: ['accept'], more: [], result: ['outcome'], into: 'account' },
  make_link_code: { with: [], more: [], result: ['outcome', 'code'], into: 'made' },
  use_link_code: { with: ['code'], more: [], result: ['outcome', 'platform'], into: 'used' },
  confirm_link: {
    with: ['link', 'accept'],
    more: [],
    result: ['outcome', 'platform', 'name'],
    into: 'linked',
  },
  unlink: { with: ['link'], more: [], result: ['outcome', 'platform', 'leaves'], into: 'unlinked' },
  add_profile: { with: ['name'], more: ['own'], result: ['outcome', 'name'], into: 'added' },
  choose_profile: { with: ['profile'], more: [], result: ['outcome', 'name'], into: 'chosen' },
  rename_profile: { with: ['profile', 'name'], more: [], result: ['outcome', 'name'], into: 'renamed' },
  remove_profile: { with: ['profile'], more: [], result: ['outcome', 'name'], into: 'removed' },
  confirm_history: { with: ['code'], more: [], result: ['outcome'], into: 'confirmed' },
  send_history_code: { with: [], more: [], result: ['outcome', 'platform'], into: 'sent' },
  start_afresh: { with: [], more: [], result: [], into: null },
  link_group: { with: ['token'], more: [], result: ['outcome', 'village'], into: 'group' },
  end_group: { with: [], more: [], result: ['outcome', 'village'], into: 'group' },
  decide_match: null,
  hand_back: null,
  match_register: { with: ['name'], more: ['birth_date', 'address'], result: [], into: null },
  note_introduction: {
    with: ['way'],
    more: ['rt_rw', 'hamlet', 'photos', 'helps'],
    result: ['outcome'],
    into: 'introduced',
  },
  answer_introduction: { with: ['answer'], more: [], result: ['outcome', 'resident'], into: 'introduced' },
  answer_beneficiary: { with: ['beneficiary', 'agrees'], more: [], result: ['outcome'], into: 'agreed' },
  rate_case: { with: ['code', 'score'], more: ['text'], result: ['outcome'], into: 'rated' },
  set_timer: { with: ['timer', 'due_at'], more: ['vars'], result: [], into: null },
  cancel_timer: { with: ['timer'], more: [], result: [], into: null },
  raise_incident: { with: ['incident', 'detail'], more: [], result: [], into: null },
} as const satisfies { [K in EffectKind]: EffectNames | null };

/**
 * Flows that other parts of the program start (an internal row of the conversation, an invite's link), with their
 * variables: `check` demands that each is there, since nobody would be told of anything otherwise. Every flow may
 * also have `arg` (what a button or a phrase brought) and `kind` (of an emergency).
 */
export const START_VARS: { [flow: string]: readonly string[] } = {
  'officer-new-case': [
    'code',
    'service',
    'resident',
    'for_whom',
    'unproven',
    'due',
    'position',
    'village',
    'yours',
    'urgent',
  ],
  'case-notice': [
    'code',
    'service',
    'kind',
    'event',
    'by',
    'text',
    'due',
    'position',
    'whose',
    'helped',
    'send',
    'bring',
    'papers',
    'letter',
    'office',
    'other',
    'status',
  ],
  /** `cases`: code, service, resident (first name), status of each; `more`: how many are not named. */
  /** What an officer wrote: `to` a flow by a command, `quotes` the external id of a message of ours. */
  'officer-text': ['text', 'to', 'quotes'],
  'officer-digest': ['count', 'cases', 'more'],
  /** The live board of an officer (store/boards.ts). */
  'officer-board': [
    'anew',
    'count',
    'waiting',
    'mine',
    'initial',
    'sign',
    'asked',
    'overdue',
    'cases',
    'more',
    'oldest',
  ],
  'officer-board-end': [],
  /** A role is somebody else’s for some days; `event`: arranged, begins, ended; `mine`: told to whoever is away. */
  'officer-delegation': ['event', 'mine', 'away', 'deputy', 'role', 'from', 'to', 'village'],
  'officer-case-notice': ['code', 'service', 'event', 'text', 'resident', 'village', 'by', 'step', 'files'],
  /** A clock has rung for a request; `rung`: core/clocks.ts. */
  'officer-escalation': ['code', 'service', 'rung', 'event', 'resident', 'village', 'due', 'told'],
  /** At the end of a working day, or of a month. */
  'officer-recap': ['period', 'recap'],
  /** Of an officer's PIN: event (set, cleared, locked), whose (own, other). */
  'officer-pin-notice': ['event', 'whose', 'name'],
  /** What came of a batch that was signed on a page. */
  'officer-signed': ['count', 'codes', 'missing', 'others'],
  'officer-hand-over': ['reason', 'resident', 'text', 'conversation', 'village', 'files'],
  /** About a case: `code`, `whose` it is, their first name; `veiled`: somebody else has the phone. */
  'officer-message': ['text', 'by', 'photos', 'code', 'whose', 'resident', 'veiled'],
  /** To the others who were told of a call: who has it; to who has it: that it ended. */
  'officer-call-taken': ['by', 'resident', 'village'],
  'officer-call-ended': ['how', 'resident', 'village'],
  'officer-incident': ['incident', 'text', 'resident', 'village', 'line', 'from', 'to'],
  /** Daily, to who stands outside the villages: the head of the audit log's chain. */
  'officer-audit-head': ['block', 'rows', 'head', 'at'],
  /** Once, after a case was finished: how was it? */
  'rate-service': ['code', 'service', 'whose'],
  /** On Mondays, to a village's Sekretaris and the kecamatan: who looked at residents' data, how often. */
  'officer-looks': [
    'village',
    'from',
    'to',
    'searches',
    'searches_by',
    'numbers',
    'numbers_by',
    'sealed',
    'sealed_by',
  ],
  'officer-invite-confirm': ['invite', 'name', 'phone', 'village'],
  'officer-account': ['what', 'by', 'name', 'role'],
  /** To whoever was stopped. */
  'officer-stopped': ['by', 'role'],
  /** To whoever held a head's or a keeper's role there. */
  'officer-unlinked': ['by', 'role'],
  'officer-invite-done': ['invite', 'name', 'village', 'accepted'],
  /** In a village office's group: a case's topic. */
  'officer-group-notice': ['case', 'code', 'service', 'resident', 'unproven', 'due', 'event', 'by'],
  /** In the group: `/start grp-<token>`, `/putus`, and that another group has taken its place. */
  'officer-group-link': [],
  'officer-group-end': [],
  'officer-group-replaced': ['village'],
  /** To the village's officers: their group put us out. */
  'officer-group-lost': ['village'],
  'officer-listing': [
    'code',
    'title',
    'seller',
    'price',
    'unit',
    'quantity',
    'village',
    'photo',
    'photos',
    'flags',
    'reports',
    'status',
  ],
  /** To an RT head: is the resident of a new request theirs? */
  'rt-introduction': ['introduction', 'code', 'service', 'resident', 'rt', 'rw', 'village'],
  /** To whoever somebody else asked something for. */
  'for-whom-confirm': ['beneficiary', 'name', 'helper', 'service', 'village'],
  'listing-notice': ['code', 'title', 'event', 'text', 'phone', 'reason', 'whose'],
  /** On a line that works, what waits on one that is down. */
  'answered-elsewhere': ['line', 'text', 'photos', 'files'],
  'draft-reminder': ['title', 'missing', 'expires', 'last'],
  'draft-expired': ['title'],
  'link-confirm': ['link', 'platform', 'name'],
  'link-notice': ['event', 'platform', 'name'],
  'history-code': ['code', 'platform'],
  'hand-over-end': ['how', 'by'],
  /** `about`: the kind of timer. */
  'health-reminder': ['about', 'whose'],
  /** A promise to a resident was missed; what is ready was not fetched, or a question not answered. */
  'case-late': ['code', 'service', 'rung', 'due', 'whose', 'helped'],
  /** An outage has put a promise off by a working day or more. */
  'case-postponed': ['code', 'service', 'kind', 'why', 'due', 'whose', 'helped'],
  'answer-reminder': ['code', 'service', 'rung', 'due', 'whose', 'helped'],
  'pick-up-reminder': ['code', 'service', 'rung', 'due', 'whose', 'helped'],
  /** Nobody has taken a sealed complaint in time. */
  'complaint-overdue': ['code', 'whose'],
  /** A letter was made, and goes along as a file. */
  'letter-sent': ['code', 'service', 'number', 'document', 'file_name', 'whose'],
  /** A letter holds no more; `how`: withdrawn, replaced (another follows). */
  'letter-ended': ['code', 'service', 'number', 'how', 'whose', 'helped'],
  /** A resident's data were erased as they asked. */
  'data-erased': ['code'],
  'file-refused': ['because'],
  /** A voice note from somebody whose village is not known yet. */
  'voice-note': ['file'],
  /** The link of an invite: `/start inv-<token>`. */
  'officer-invite': [],
};

/** What the engine tells a flow that it puts in another's place. */
export const INSTEAD_VARS: { [flow: string]: readonly string[] } = {
  /** The papers that the service wants, in words. */
  'village-not-active': ['papers'],
  'service-off': ['title', 'reason', 'papers'],
};

/** Roots of an expression beside variables and answers. */
export const ROOTS = [
  'answers',
  'vars',
  'resident',
  'village',
  'officer',
  'channel',
  'public_url',
  'languages',
  'now',
] as const;

function caseKeys() {
  return [
    'found',
    'detail',
    'hidden',
    'code',
    'service',
    'status',
    'position',
    'opened',
    'due',
    'words',
    'for_whom',
    'step',
    'send',
    'bring',
    'item',
    'item_kind',
    'papers',
    'is_late',
    'office',
    'is_merged',
    'may_reopen',
    'has_letter',
    'told',
    'beyond',
    'halted',
    'postponed',
  ] as const;
}

function listingKeys() {
  return [
    'code',
    'title',
    'status',
    'price',
    'unit',
    'quantity',
    'village',
    'contact',
    'seller',
    'photo',
    'published',
  ] as const;
}
