import type { Effect, EffectKind, EffectOf } from '../../core/effect.js';
import type { Json, JsonObject } from '../../core/json.js';
import type { CaseSeen, ListingSeen } from '../../core/lookup.js';
import { findCode } from '../../core/code.js';
import { leadingCodes } from '../../core/meantCode.js';
import { isOpenCase } from '../../core/cases.js';
import { readListing } from '../../core/listing.js';
import { OWN_PASSWORD_MINUTES, passwordPath } from '../../core/passwordLink.js';
import { SIGN_PAGE_MINUTES, signPath } from '../../core/signLink.js';
import type { Ask, TurnContext } from '../../flow/types.js';
import type { Flows } from '../../flow/compiled.js';
import { actOn, guessed, newCase, officerSeen, seenCase } from './cases.js';
import type { WorldCase } from './cases.js';
import { Forms } from './forms.js';
import { People } from './people.js';
import { due, findVillages, villageContext } from './villages.js';
import { asText } from '../../flow/asText.js';

const CASE_CODES = ['K7M2-PXQ4-3', 'R3T8-WY5N-1', 'B6H9-ZD2F-3', 'M4V7-KS3J-8', 'X8C2-QG6P-E', 'T5N9-RB7W-9'];
const LISTING_CODES = ['P-7QF2-M91', 'P-4KD8-R3N', 'P-9WT5-B67', 'P-2HX7-NCK'];

export interface WorldSettings {
  channel: 'telegram' | 'whatsapp';
  now: Date;
  person: { kind: 'resident' | 'officer'; name: string | null };
  isFirst: boolean;
  village: string | null;
  language: string;
  isGroup: boolean;
  hasPublicPages: boolean;
  /** Silence hides what was before. */
  isHidden: boolean;
  /** Another address belongs to the same person. */
  isLinked: boolean;
  /** The people who share the chat; the first one has the word. */
  profiles: string[];
}

/**
 * A small village in memory that answers what flows ask, always alike: codes in a fixed order, the first place in the
 * queue, due times by the office's hours. It stands in for Postgres in transcripts and in the terminal chat only.
 */
export class World {
  now: Date;
  private readonly known: WorldCase[] = [];
  /** What was answered, by draft. */
  private readonly answered = new Map<string, JsonObject>();
  readonly forms = new Forms();
  private readonly listings: (ListingSeen & { draft: string })[] = [];
  private readonly answers: { name: string; value: Json; isAlways: boolean }[] = [];
  readonly timers = new Map<string, Date>();
  private ids = 0;
  private isHandedOver = false;
  private isNew: boolean;
  private language: string;
  private village: string | null;
  private name: string | null;
  private readonly people: People;

  constructor(
    private readonly flows: Flows,
    private readonly settings: WorldSettings,
  ) {
    this.now = settings.now;
    this.isNew = settings.isFirst;
    this.language = settings.language;
    this.village = settings.village;
    this.name = settings.person.name;
    this.people = new People(settings);
  }

  /** Answers the next look-up or effect of a name, or all of them. */
  prepare(name: string, value: Json, isAlways: boolean): void {
    this.answers.push({ name, value, isAlways });
  }

  context(): TurnContext {
    const { settings } = this;
    return {
      now: this.now,
      newId: () => `00000000-0000-7000-8000-${String(++this.ids).padStart(12, '0')}`,
      language: this.language,
      channel: {
        platform: settings.channel,
        choices: settings.channel === 'telegram' ? 'buttons' : 'numbers',
        group: settings.isGroup,
      },
      publicUrl: settings.hasPublicPages ? 'https://desa.example.id' : null,
      formUrl: settings.hasPublicPages ? 'https://desa.example.id' : null,
      resident: {
        id: this.people.current,
        name: this.people.name ?? this.name,
        isNew: this.isNew,
        phone: '6281200000001',
        hiddenBy: this.people.hiddenBy,
        profiles: this.people.count,
        isLinked: this.people.isLinked,
      },
      village: this.village === null ? null : villageContext(this.village, this.now, this.language),
      officer:
        settings.person.kind === 'officer'
          ? {
              id: 'officer-1',
              name: settings.person.name ?? 'Petugas',
              roles: [{ role: 'kasi_pelayanan', village: '35.10.15.2004' }],
            }
          : null,
      handedOver: this.isHandedOver,
    };
  }

  /** What an ask is answered with. */
  answer(ask: Ask): Json {
    const name = 'look_up' in ask ? ask.look_up : ask.effect.kind;
    const place = this.answers.findIndex((prepared) => prepared.name === name);
    const prepared = this.answers[place];
    // Whom a prepared answer leaves at the phone is there still.
    if (prepared && name === 'remove_profile') return this.spend(place);
    const own = 'look_up' in ask ? this.lookUp(ask.look_up, ask.args) : this.happen(ask.effect);
    return prepared ? this.spend(place) : own;
  }

  /** A prepared answer; it is gone with that, unless it answers all. */
  private spend(place: number): Json {
    const prepared = this.answers[place]!;
    if (!prepared.isAlways) this.answers.splice(place, 1);
    return prepared.value;
  }

  /** Applies an effect and gives its result. */
  happen(effect: Effect): Json {
    switch (effect.kind) {
      case 'send_message':
        this.isNew = false;
        return null;
      case 'open_case':
        return this.openCase(effect);
      case 'act_on_case':
        return this.act(effect);
      case 'delegate':
        return { outcome: 'done', delegation: 'delegation-1', deputy: 'Bu Sri' };
      case 'end_delegation':
        return { outcome: 'done' };
      // The counter's and the console's own; no chat asks for them.
      case 'open_walk_in':
      case 'hand_back':
        throw new Error(`no conversation asks for ${effect.kind}`);
      case 'act_on_cases':
        for (const code of effect.codes) this.act({ kind: 'act_on_case', code, act: effect.act });
        return { outcome: 'done', done: effect.codes, left: [], count: effect.codes.length };
      case 'sign_cases':
        return {
          outcome: 'done',
          signed: effect.codes,
          left: [],
          tries_left: null,
          until: null,
          count: effect.codes.length,
          missing: null,
          others: [],
        };
      case 'issue_letters':
        return {
          issued: effect.codes.map((code, n) => ({
            code,
            number: `500.2.2.4/${String(n + 1).padStart(3, '0')}/429.517.06/2026`,
            letter: `00000000-0000-7000-9000-0000000000${String(n).padStart(2, '0')}`,
          })),
          left: [],
          count: effect.codes.length,
        };
      case 'withdraw_letter':
        return { outcome: 'done', number: '500.2.2.4/001/429.517.06/2026' };
      case 'replace_letter':
        return { outcome: 'done', number: '500.2.2.4/002/429.517.06/2026', missing: [] };
      case 'open_sign_page':
        return {
          outcome: 'open',
          path: signPath('00000000-0000-7000-9000-00000000000f'),
          until: new Date(this.now.getTime() + SIGN_PAGE_MINUTES * 60_000).toISOString(),
        };
      case 'open_password_link':
        return {
          outcome: 'open',
          path: passwordPath('00000000-0000-7000-9000-00000000000e'),
          username: 'sri',
          until: new Date(this.now.getTime() + OWN_PASSWORD_MINUTES * 60_000).toISOString(),
        };
      case 'open_form':
        return this.forms.open(effect, this.now);
      case 'use_form':
        return { outcome: 'done' };
      case 'finish_form':
        return { outcome: 'done', missing: [] };
      case 'publish_listing':
        return this.publish(effect.draft, effect.fields, effect.photos);
      case 'change_listing': {
        const listing = this.listings.find(({ code }) => code === effect.code);
        if (listing) listing.status = LISTING_STATUS[effect.act];
        return { outcome: listing ? 'done' : 'not_found', title: listing?.title ?? null };
      }
      case 'set_language':
        this.language = effect.language;
        return null;
      case 'set_village':
        this.village = effect.village;
        return null;
      case 'remember_name':
        this.name = effect.name;
        return null;
      case 'hand_over':
        this.isHandedOver = true;
        return null;
      case 'end_hand_over':
        this.isHandedOver = false;
        return null;
      case 'set_timer':
        this.timers.set(effect.timer, new Date(effect.dueAt));
        return null;
      case 'cancel_timer':
        this.timers.delete(effect.timer);
        return null;
      case 'accept_invite':
        return { outcome: 'waiting', name: 'Bu Sri', village: 'Kemiren' };
      case 'confirm_invite':
        return { outcome: 'done', name: 'Bu Sri' };
      case 'set_pace':
        return { outcome: 'done' };
      case 'unlink_officer_chat':
        return { outcome: 'done', name: 'Pak Budi', chats: 1 };
      case 'confirm_account':
        return { outcome: 'done' };
      case 'link_group':
      case 'end_group':
        return { outcome: 'done', village: 'Kemiren' };
      case 'answer_resident':
        return { outcome: 'done', resident: 'Siti', by: null };
      case 'message_resident':
      case 'end_call':
        return { outcome: 'done', resident: 'Siti', by: null };
      case 'make_link_code':
      case 'use_link_code':
      case 'confirm_link':
      case 'unlink':
      case 'add_profile':
      case 'choose_profile':
      case 'rename_profile':
      case 'remove_profile':
      case 'confirm_history':
      case 'send_history_code':
      case 'start_afresh':
        return this.people.happen(effect);
      case 'decide_match':
        return { outcome: 'done' };
      case 'note_introduction':
        return { outcome: 'noted' };
      case 'answer_introduction':
        return { outcome: 'done', resident: null };
      case 'answer_beneficiary':
        return { outcome: 'done' };
      case 'request_call':
      case 'rate_case':
        return { outcome: 'done' };
      case 'match_register':
      case 'report_listing':
      case 'record_consent':
      case 'raise_incident':
        return null;
    }
  }

  private get cases(): CaseSeen[] {
    return this.known.map((one) => seenCase(one, this.flows.services[one.service], this.now));
  }

  private openCase({ draft, service, answers, who, beneficiary }: EffectOf<'open_case'>): Json {
    const before = this.known.find((one) => one.draft === draft);
    const due = this.due(service);
    const opened =
      before ??
      newCase(
        {
          draft,
          code: CASE_CODES[this.known.length % CASE_CODES.length]!,
          service,
          openedAt: this.now,
          dueAt: due === null ? null : new Date(due),
          position: this.known.filter(({ state }) => isOpenCase(state.status)).length + 1,
          forWhom: beneficiary?.name ?? null,
        },
        this.flows.services[service],
      );
    if (!before) {
      this.known.push(opened);
      this.answered.set(draft, answers);
    }
    const { code, position, dueAt } = opened;
    const answer = { code, position, due: dueAt?.toISOString() ?? null, is_new: !before };
    return this.flows.services[service]?.sealed ? { ...answer, receiver: receiverOf(who) } : answer;
  }

  private due(service: string): string | null {
    const known = this.flows.services[service];
    const hours = known?.calendar_hours;
    return hours === undefined
      ? due(this.now, known?.promise_hours ?? null)
      : new Date(this.now.getTime() + hours * 60 * 60 * 1000).toISOString();
  }

  private act(effect: EffectOf<'act_on_case'>): Json {
    const { kind, name } = this.settings.person;
    const found = this.known.find(({ code }) => sameCode(code, effect.code));
    // A case of somebody else's: officers' transcripts act on one that the story takes for granted.
    if (!found) return { ...guessed(effect, name) };
    const by = { kind, name, now: this.now };
    return { ...actOn(found, effect, by, this.flows.services[found.service]) };
  }

  private publish(draft: string, fields: JsonObject, photos: string[]): Json {
    const known = this.listings.find((one) => one.draft === draft);
    const listing = readListing(fields);
    const made = known ?? {
      draft,
      found: true,
      code: LISTING_CODES[this.listings.length % LISTING_CODES.length]!,
      title: listing.title,
      status: 'waiting',
      price: listing.price,
      unit: listing.unit,
      quantity: listing.quantity,
      village: 'Kemiren',
      contact: listing.contact,
      seller: listing.seller ?? this.name,
      photo: photos[0] ?? null,
      published: this.now.toISOString(),
    };
    if (!known) this.listings.push(made);
    return { code: made.code, status: made.status, reason: null, is_new: !known };
  }

  private lookUp(name: string, args: JsonObject): Json {
    const text = asText(args.text ?? args.code).trim();
    switch (name) {
      case 'find_village': {
        const { exact, items } = findVillages(text, args.district as string | undefined);
        return { count: items.length, exact, items };
      }
      case 'case_by_code': {
        const found = this.cases.find((one) => sameCode(one.code, text));
        if (!found) {
          const { kind } = findCode(text);
          const status = kind === 'none' ? 'no_code' : kind === 'typo' ? 'typo' : '';
          return { found: false, detail: false, hidden: false, code: text, status };
        }
        return this.people.isHidden
          ? { found: true, detail: false, hidden: true, code: found.code, status: found.status }
          : found;
      }
      case 'my_letter': {
        const of = this.cases.find(({ code }) => code === args.code);
        return {
          found: of !== undefined && !this.people.isHidden,
          hidden: of !== undefined && this.people.isHidden,
          document: of ? '00000000-0000-7000-9000-000000000020' : null,
          file_name: of ? 'surat-keterangan-usaha-K7M2.pdf' : null,
          number: of ? '500.2.2.4/001/429.517.06/2026' : null,
          service: of?.service ?? null,
        };
      }
      case 'my_cases':
        return this.people.isHidden
          ? { count: 0, items: [], hidden: true }
          : { count: this.cases.length, items: this.cases, hidden: false };
      case 'closed_cases': {
        const items = this.people.isHidden ? [] : this.cases.filter((one) => one.may_reopen);
        return { count: items.length, items, hidden: this.people.isHidden };
      }
      case 'earlier_request': {
        const earlier = this.people.isHidden
          ? undefined
          : this.known.findLast(({ service }) => service === args.service);
        return {
          found: earlier !== undefined,
          code: earlier?.code ?? null,
          opened: earlier?.openedAt.toISOString() ?? null,
          answers: this.answered.get(earlier?.draft ?? '') ?? {},
        };
      }
      case 'known_identity':
        return { found: false, form: null, since: null };
      case 'find_listings': {
        const words = text.toLowerCase().split(/\s+/u);
        const items = this.listings.filter(({ title }) =>
          words.some((word) => title.toLowerCase().includes(word)),
        );
        return { count: items.length, items };
      }
      case 'listing_by_code':
        return this.listings.find((one) => sameCode(one.code, text)) ?? { found: false, code: text };
      case 'my_listings': {
        const items = this.listings.filter(({ status }) => status === 'waiting' || status === 'published');
        return { count: items.length, items };
      }
      case 'officer_cases':
        return { count: this.cases.length, items: this.cases };
      case 'officer_deputies':
        return {
          count: 1,
          roles: [
            {
              role: 'kepala_desa',
              village: '35.10.15.2004',
              where: 'Kemiren',
              deputies: [{ id: 'officer-2', name: 'Bu Sri' }],
            },
          ],
          delegation: null,
          deputy: null,
          from: null,
          to: null,
        };
      case 'officer_waiting':
        // A transcript that tells of what waits says it.
        return {
          count: 0,
          more: 0,
          items: [],
          codes: [],
          first: null,
          way: null,
          unprinted: 0,
          has_pin: true,
        };
      case 'officer_case': {
        const found = this.known.find((one) => sameCode(one.code, text));
        const { kind, name } = this.settings.person;
        return found
          ? {
              ...officerSeen(
                found,
                { kind, name, now: this.now },
                this.flows.services[found.service],
                this.name,
              ),
            }
          : { found: false, code: text, service: null, status: null };
      }
      case 'invite_by_token':
        return { found: true, usable: true, name: 'Bu Sri', village: 'Kemiren' };
      case 'recap':
        // A transcript that tells of an office says how it did.
        return { found: false, scope: 'none' };
      case 'register_state':
        return { usable: false, known: false };
      case 'introduction_way':
        return { way: 'counter', noted: false };
      case 'health_dates':
        // A transcript that tells of dates says them.
        return {
          count: 0,
          items: [],
          next_date: null,
          next_time: null,
          next_place: null,
          next_hamlet: null,
          hamlets: null,
        };
      case 'my_pace':
        return { pace: 'board', quiet_from: '20:00', quiet_until: '06:00', platform: null, platforms: 1 };
      case 'officer_board':
        // A transcript that tells of work says it.
        return { count: 0, cases: [] };
      case 'officer_chats':
        return {
          count: 1,
          more: 0,
          items: [{ officer: 'officer-2', name: 'Pak Budi', platforms: 'Telegram', village: 'Kemiren' }],
        };
      case 'meant_case': {
        const meant = leadingCodes(asText(args.text)).flatMap(({ code: start, rest }) =>
          this.known.flatMap((one) => (one.code.startsWith(start) ? [{ one, rest }] : [])),
        )[0];
        if (!meant)
          return {
            found: false,
            outcome: 'none',
            code: '',
            service: '',
            resident: null,
            status: '',
            rest: text,
          };
        const { code, service } = meant.one;
        return {
          found: true,
          outcome: 'one',
          code,
          service,
          resident: this.name,
          status: 'open',
          rest: meant.rest,
        };
      }
      case 'my_addresses':
        return this.people.addresses();
      case 'complaint_receiver': {
        const role = receiverOf(asText(args.who));
        return { found: role !== null, role };
      }
      case 'official_lines':
        return { code: 'M4V7-QX2D', lines: 'Telegram @kemiren_desa_bot, WhatsApp +62 811-0000-001' };
      case 'my_data':
        return {
          found: true,
          name: this.name,
          place: 'Kemiren',
          language: 'Bahasa Indonesia',
          accounts: 1,
          since: '2026-11-02T02:00:00.000Z',
          cases: this.cases.map(({ code }) => `${code} (24-11-2026)`).join(', ') || null,
          listings: null,
          files: 0,
          messages: 12,
          market: null,
          news: 'yes',
          reminders: null,
        };
      case 'my_profiles':
        return this.people.profiles();
      default:
        throw new Error(`the world knows no look-up "${name}"`);
    }
  }
}

/** The village of the demonstration has a secretary and a head, neither with a second role. */
function receiverOf(who: string | undefined): string | null {
  if (who === 'head') return null;
  return who === 'staff' || who === 'hamlet' ? 'sekretaris' : 'kepala_desa';
}

const LISTING_STATUS = {
  sold: 'sold',
  withdraw: 'withdrawn',
  renew: 'published',
  approve: 'published',
  refuse: 'refused',
  take_down: 'taken_down',
};

function sameCode(code: string, typed: string): boolean {
  return code.replaceAll('-', '') === typed.toUpperCase().replace(/[^0-9A-Z]/gu, '');
}

export type { EffectKind };
