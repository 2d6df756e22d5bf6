import type { Step } from './path.js';

import type { LetterTemplate } from './letterTemplate.js';

/** One service of the catalogue (flows/services.yaml), as the rest of the program sees it. */
export interface Service {
  title: string;
  /** `aid`: relief of poverty and help for school; `rights`: what a resident asks about their own data; `health`: for the midwife. */
  kind: 'letter' | 'referral' | 'complaint' | 'appointment' | 'aid' | 'rights' | 'health';
  /** The part of the office that handles it alone, with the heads; without it the kind decides (core/handlers.ts). */
  desk?: 'land' | undefined;
  /** Its path through the office (core/path.ts); filled from `paths:` of the catalogue. */
  steps?: readonly Step[] | undefined;
  /** Goes before others in the queue, by what it is and never by who asks loudest: a death, a hospital, care at home. */
  urgent?: boolean | undefined;
  /** Working hours of the office within which it is usually ready; null promises nothing. */
  promise_hours: number | null;
  promise: string;
  signer: 'kepala_desa' | 'sekretaris' | 'dinas' | 'none';
  classification?: string | undefined;
  checklist: {
    id: string;
    text: string;
    by: 'chat' | 'counter';
    kind?: 'photo' | 'document' | undefined;
    optional: boolean;
    /** CEL over the answers: needed only where it holds. */
    if?: string | undefined;
  }[];
  confidential: boolean;
  /** Sealed to one role above the person complained of: core/complaints.ts. */
  sealed?: boolean | undefined;
  /** Due so many hours after it was asked, by the calendar. */
  calendar_hours?: number | undefined;
  /** Of a complaint: within how many working days it ends (core/clocks.ts), unless its check says another. */
  complaint_class?: 'light' | 'normative' | 'non_supervisory' | 'investigated' | undefined;
  /** What its letter says (flows/letters/<service>.yaml). */
  letter?: LetterTemplate | undefined;
}

const ARCHIVED: readonly string[] = ['letter', 'referral', 'appointment'];

/** The services whose requests stay whoever is forgotten: letters and what led to them, by rules of archives. */
export function keptServices(services: { readonly [id: string]: Service }): string[] {
  return Object.keys(services).filter((id) => ARCHIVED.includes(services[id]!.kind));
}
