import type { JsonObject } from './json.js';

/** One letter of OpenSID, as its form asks: the code of the letter, and our questions in the order of its fields. */
export interface OpenSidForm {
  /** The letter's code in OpenSID's list; null where it has none of its own. */
  code: string | null;
  /** Ids of our questions. Several in one entry answer one field: the first that was answered counts. */
  fields: readonly (readonly string[])[];
}

const PURPOSE = ['purpose_other', 'purpose'] as const;

/**
 * The letters of OpenSID (v2410) that a service of ours corresponds to: the fields that its form is known to ask come
 * first and in its order, what only our flow asks after them, for the field "keterangan" (shared/data/services.json,
 * source O; a village may have changed its own forms). Who it is for comes before all: OpenSID asks for the NIK, and
 * fills in the rest from its register.
 */
const FORMS: { [service: string]: OpenSidForm } = {
  usaha: {
    code: '500',
    fields: [
      ['business_name'],
      PURPOSE,
      ['business_kind_other', 'business_kind'],
      ['business_address'],
      ['since'],
    ],
  },
  sktm: { code: 'S-11', fields: [['purpose', 'goal'], ['for_whom'], ['institution']] },
  domisili: { code: 'S-41', fields: [['purpose'], ['address'], ['since'], ['other_ktp']] },
  domisili_usaha: { code: 'S-16', fields: [['business_name'], ['business_address'], PURPOSE] },
  akta_lahir: {
    code: 'S-17',
    fields: [
      ['baby_name'],
      ['sex'],
      ['birth_place'],
      ['birth_date'],
      ['child_number'],
      ['mother_name'],
      ['relation'],
    ],
  },
  kematian: {
    code: 'S-21',
    fields: [['deceased_name'], ['death_date'], ['death_place'], ['cause'], ['relation']],
  },
  pindah: {
    code: 'S-04',
    fields: [
      ['reason'],
      ['destination'],
      ['moving_date'],
      ['companions'],
      ['who'],
      ['direction'],
      ['origin'],
    ],
  },
  nikah: {
    code: 'S-23',
    fields: [['status'], ['wedding_date'], ['wedding_place'], ['partner_name'], ['youngest']],
  },
  belum_menikah: { code: null, fields: [PURPOSE] },
  status_janda_duda: { code: null, fields: [PURPOSE, ['cause']] },
  skck: { code: 'S-07', fields: [PURPOSE] },
  kehilangan: { code: 'S-13', fields: [['item'], ['item_details'], ['lost_at']] },
  keramaian: {
    code: 'S-12',
    fields: [['event_other', 'event'], ['event_date'], ['ends'], ['location'], ['guests'], ['entertainment']],
  },
  penghasilan: {
    code: 'S-42',
    fields: [['child_name'], ['school'], ['grade'], ['father_income'], ['mother_income']],
  },
  beda_nama: { code: '471.1', fields: [['other_document'], ['difference'], ['correct']] },
  bepergian: {
    code: 'S-10',
    fields: [PURPOSE, ['destination'], ['leaving'], ['companions']],
  },
  izin_keluarga: { code: 'S-39', fields: [['giver'], ['country'], ['company'], ['years']] },
};

/** The form of a service in OpenSID; null where it has none that is known. */
export function openSidForm(service: string): OpenSidForm | null {
  return FORMS[service] ?? null;
}

/** The questions to copy, in the order of OpenSID's form; an answer that no field asks for is left out. */
export function openSidOrder(form: OpenSidForm, answers: JsonObject): string[] {
  return form.fields.flatMap((ids) => {
    const answered = ids.find(
      (id) => answers[id] !== undefined && answers[id] !== null && answers[id] !== '',
    );
    return answered === undefined ? [] : [answered];
  });
}
