import type { LetterPrint } from '../core/letter.js';
import { GIVEN_FIELDS } from '../core/letterContent.js';
import type { UnprintablePart } from '../core/letterSigns.js';
import { fieldsIn, knownFields, requiredFields } from '../core/letterTemplate.js';
import { letterNumber, NUMBER_FORMAT } from '../core/letterNumber.js';
import { maskNumber } from '../core/nik.js';
import { draftOf, templateOf } from '../effects/issueLetters.js';
import { signerOf } from '../effects/letterActs.js';
import { loadActingOfficers } from '../store/delegations.js';
import { readLetterCases } from '../store/letters/sources.js';
import type { WebDeps } from './deps.js';

const NUMBER = /^\d{16}$/u;

/** A field of the letter as its officer sees it. */
export interface DraftField {
  id: string;
  label: string;
  /** What the letter says now, a number of a card masked; null: not known. */
  value: string | null;
  /** An officer typed it. */
  isTyped: boolean;
  /** A number of a card: what was typed is not shown again, and stays where nothing else is typed. */
  isNumber: boolean;
  isRequired: boolean;
  /** Signs in it that a letter cannot print. */
  signs: string[];
}

export interface CaseDraft {
  fields: DraftField[];
  /** What stands in the way, as officers call it. */
  missing: string[];
  /** Parts with signs that would print as boxes. */
  unprintable: UnprintablePart[];
  print: LetterPrint;
  logo: Uint8Array | null;
  way: 'wet' | 'electronic';
  signer: string | null;
  /** What officers typed before, as it is. */
  typed: { [field: string]: string };
}

/** The letter of a case as it would be issued now; null where its service has no template. */
export async function draftOfCase(deps: WebDeps, caseId: string): Promise<CaseDraft | null> {
  const of = (await readLetterCases(deps.pool, [caseId], deps.sealer)).get(caseId);
  const template = of ? templateOf(deps.services[of.service]?.letter ?? null, of.own) : null;
  if (!of || !template) return null;
  const officers = (await loadActingOfficers(deps.pool, [of.villageId], deps.now())).get(of.villageId) ?? [];
  const signing = signerOf(
    { service: of.service, villageId: of.villageId, isConfidential: false, sealedTo: null },
    officers,
    deps,
  );
  const now = { services: deps.services, now: deps.now() };
  const draft = draftOf(
    of,
    signing ?? { signer: { id: '', name: '…', role: 'kepala_desa' }, onBehalfOf: null },
    now,
  );
  const known = knownFields(template);
  const used = [...new Set([...fieldsIn(template.body), template.about])].filter(
    (id) => !GIVEN_FIELDS.includes(id),
  );
  const required = new Set([...requiredFields(template.body), template.about, ...draft.missingFields]);
  return {
    fields: used.map((id) => ({
      id,
      label: known[id]?.label ?? id,
      value: shown(draft.values[id]),
      isTyped: Boolean(of.typed[id]),
      isNumber: NUMBER.test(draft.values[id] ?? ''),
      isRequired: required.has(id),
      signs: draft.unprintable.find(({ field }) => field === id)?.signs ?? [],
    })),
    missing: draft.missing,
    unprintable: draft.unprintable,
    print: draft.print(
      letterNumber(of.letterhead.number_format || NUMBER_FORMAT, {
        classification: draft.classification,
        sequence: null,
        officeCode: of.village.officeCode,
        day: draft.day,
      }),
    ),
    logo: of.logo,
    way: of.village.letterWay,
    signer: signing?.signer.name ?? null,
    typed: of.typed,
  };
}

function shown(value: string | undefined): string | null {
  if (value === undefined) return null;
  return NUMBER.test(value) ? maskNumber(value) : value;
}
