import type { Effect } from '../../core/effect.js';
import type { Json } from '../../core/json.js';

/** Who shares the chat of a transcript, what is hidden from them, and which other chats are theirs. */
export interface PeopleSettings {
  channel: 'telegram' | 'whatsapp';
  isHidden: boolean;
  isLinked: boolean;
  profiles: string[];
}

/** The code that opens hidden history in a transcript, and the one that links two chats. */
export const SHOWN_CODE = 'K7M2-PXQ4-3';
export const LINK_CODE = '4TB2-9KET';

/** The part of a transcript's world that knows people: as the tables would answer, in memory. */
export class People {
  private readonly known: { id: string; name: string }[];
  private isSilent: boolean;
  private isConfirmed = false;
  isLinked: boolean;
  current = 'resident-1';

  constructor(private readonly settings: PeopleSettings) {
    this.known = settings.profiles.map((name, n) => ({ id: `resident-${n + 1}`, name }));
    this.isSilent = settings.isHidden;
    this.isLinked = settings.isLinked;
  }

  get count(): number {
    return this.known.length;
  }

  /** The one who has the word, where people are told apart. */
  get name(): string | null {
    return this.known.find(({ id }) => id === this.current)?.name ?? null;
  }

  get hiddenBy(): 'silence' | 'profiles' | null {
    if (this.isSilent) return 'silence';
    return this.count > 1 && !this.isConfirmed ? 'profiles' : null;
  }

  get isHidden(): boolean {
    return this.hiddenBy !== null;
  }

  happen(effect: Effect): Json {
    const { channel } = this.settings;
    const other = channel === 'telegram' ? 'whatsapp' : 'telegram';
    switch (effect.kind) {
      case 'make_link_code':
        return this.isHidden ? { outcome: 'hidden', code: '' } : { outcome: 'made', code: LINK_CODE };
      case 'use_link_code': {
        if (!/\d/u.test(effect.code)) return { outcome: 'none', platform: null };
        const isRight = bare(effect.code).endsWith(bare(LINK_CODE));
        return { outcome: isRight ? 'asked' : 'wrong', platform: isRight ? other : null };
      }
      case 'confirm_link':
        this.isLinked ||= effect.accept;
        return { outcome: effect.accept ? 'linked' : 'refused', platform: other, name: 'Siti' };
      case 'unlink':
        this.isLinked = false;
        return { outcome: 'done', platform: other, leaves: 'there' };
      case 'add_profile':
        if (this.known.length === 0) this.known.push({ id: this.current, name: effect.own ?? '' });
        this.known.push({ id: `resident-${this.known.length + 1}`, name: effect.name });
        this.current = this.known.at(-1)!.id;
        this.isConfirmed = true;
        return { outcome: 'done', name: effect.name };
      case 'choose_profile': {
        this.isConfirmed &&= this.current === effect.profile;
        this.current = effect.profile;
        return { outcome: 'done', name: this.name };
      }
      case 'rename_profile':
        this.known.find(({ id }) => id === effect.profile)!.name = effect.name;
        return { outcome: 'done', name: effect.name };
      case 'remove_profile': {
        const at = this.known.findIndex(({ id }) => id === effect.profile);
        const [gone] = this.known.splice(at, 1);
        if (this.current === effect.profile) this.current = this.known[0]!.id;
        return { outcome: 'done', name: gone!.name };
      }
      case 'confirm_history': {
        const isRight = [SHOWN_CODE, LINK_CODE].some((code) => bare(code) === bare(effect.code));
        if (!isRight) return { outcome: 'wrong' };
        this.isSilent = false;
        this.isConfirmed = true;
        return { outcome: 'confirmed' };
      }
      case 'send_history_code':
        return this.isLinked ? { outcome: 'sent', platform: other } : { outcome: 'none', platform: null };
      case 'start_afresh':
        this.isSilent = false;
        this.isConfirmed = true;
        return null;
      default:
        return null;
    }
  }

  addresses(): Json {
    const platform = this.settings.channel === 'telegram' ? 'whatsapp' : 'telegram';
    const shown = platform === 'telegram' ? 'Telegram' : 'WhatsApp';
    return this.isLinked && !this.isHidden
      ? {
          count: 1,
          items: [{ link: 'link-1', platform, name: 'Siti', leaves: 'there' }],
          names: `${shown} (Siti)`,
        }
      : { count: 0, items: [], names: null };
  }

  profiles(): Json {
    const known = this.isSilent ? [] : this.known;
    return {
      count: known.length,
      items: known.map(({ id, name }) => ({ profile: id, name, is_current: id === this.current })),
      names: known.map(({ name }) => name).join(', ') || null,
    };
  }
}

function bare(code: string): string {
  return code.toUpperCase().replace(/[^0-9A-Z]/gu, '');
}
