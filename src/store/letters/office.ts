/** The office that a letter comes from, as its letterhead and its number name it. */
export interface LetterOffice {
  name: string;
  type: 'desa' | 'kelurahan';
  district: string;
  officeAddress: string | null;
  officePhone: string | null;
  officeCode: string | null;
  signerTitle: string | null;
  zone: string;
  letterWay: 'wet' | 'electronic';
}

/** Its columns, of the village `v` and its district `d`. */
export const LETTER_OFFICE = `v.name, v.type, d.name AS district, v.office_address AS "officeAddress",
  v.office_phone AS "officePhone", v.office_code AS "officeCode", v.signer_title AS "signerTitle", v.zone,
  v.letter_way AS "letterWay"`;
