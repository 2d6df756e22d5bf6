import type { Allowed } from '../load/allowed.js';
import type { FlowFault } from '../yamlFile.js';
import { EMERGENCY_LINES } from './emergencyLines.js';
import type { Spoken } from './placed.js';

/** Endings of addresses that links in frauds have, beside those of the country. Where a path follows, any is one. */
const ENDINGS =
  'id|com|net|org|me|io|ly|app|co|info|xyz|gov|link|site|online|shop|page|top|click|ru|cn|tk|ml|ga|cf|gq|biz|dev|cc|tv|vip|club|store|live|pro|work|world|win|fun|icu|cyou|buzz|sbs|my|sg|us|uk|eu|de|to|gl|gd|be|ai|gg|is|la|pw|ws|web|cloud|host|press|space|tech|website|life|zone|asia|mobi';
const LINK = new RegExp(
  String.raw`(?:https?:\/\/|www\.)\S+|\S+@[\w-]+\.\w+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:(?:${ENDINGS})\b(?:\/\S*)?|[a-z]{2,}\/\S+)`,
  'giu',
);
/** Eight figures and more, with or without signs between: a phone number, or an account. */
const LONG_NUMBER = /(?<![\p{L}\d.,*/-])\+?\d(?:[ -]?\d){7,17}(?![\d*]|[.,/-]\d)/gu;
/** The same as it is written with dots or brackets, where it is neither a price nor hours. */
const DOTTED_NUMBER = /(?<![\p{L}\d.,*/-])\+?\d(?:[ .()-]{0,2}\d){9,17}(?![\d*]|[.,/-]\d)/gu;
const PRICE_OR_HOURS = /^(?:\d{1,3}(?:\.\d{3})+|\d{1,2}\.\d{2}(?:[ -]+\d{1,2}\.\d{2})*)$/u;
const DATE = /^\d{1,4}-\d{1,2}-\d{1,4}$/u;
/** Short numbers of services: 110, 112, 129, 14000, 1500567. */
const SHORT_NUMBER = /(?<![\p{L}\d.,/-])(?:1[0-2]\d|1[45]00[ -]?\d{3}|14\d{3})(?![\d]|[.,/-]\d)/gu;
const CALLS =
  /\b(?:telepon|telpon|telp|tilpun|nilpun|nelpon|hubungi|panggil|call|dial|phone|polisi|police)\b/iu;

/** Links, phone numbers and accounts that are not on the installation's list. */
export function checkContacts(texts: readonly Spoken[], allowed: Allowed): FlowFault[] {
  const known = {
    links: [
      ...allowed.links,
      ...EMERGENCY_LINES.filter(({ line }) => line.includes('.')).map(({ line }) => line),
    ],
    numbers: new Set(
      [...allowed.numbers, ...allowed.examples, ...EMERGENCY_LINES.map(({ line }) => line)].map(figures),
    ),
  };
  return texts.flatMap((text) => {
    const source = asRead(text.words.source);
    const links = (source.match(LINK) ?? []).filter((link) => !isKnownLink(link, known.links));
    const dotted = (source.match(DOTTED_NUMBER) ?? []).filter(
      (number) => /[.()]/u.test(number) && !PRICE_OR_HOURS.test(number),
    );
    const long = [...(source.match(LONG_NUMBER) ?? []), ...dotted].filter((number) => !DATE.test(number));
    const short = CALLS.test(source) ? (source.match(SHORT_NUMBER) ?? []) : [];
    const numbers = [...long, ...short].filter((number) => !known.numbers.has(figures(number)));
    return [
      ...links.map((link) =>
        text.fault(
          `the link "${link}" is not on the list`,
          'take it out; the village’s own pages are {public_url}; others go into flows/allowed.yaml, under links',
        ),
      ),
      ...numbers.map((number) =>
        text.fault(
          `the number "${number.trim()}" is not on the list: a phone or an account`,
          'use {office_phone} or {midwife_phone}; others go into flows/allowed.yaml, under numbers or examples',
        ),
      ),
    ];
  });
}

/** As a phone shows and dials it: letters and figures of other widths are the usual ones, and what is unseen is not there. */
function asRead(source: string): string {
  if (/^\p{ASCII}*$/u.test(source)) return source;
  return source
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/(?!\d)\p{Nd}/gu, '0');
}

function isKnownLink(link: string, known: readonly string[]): boolean {
  const bare = link
    .replace(/^https?:\/\//iu, '')
    .replace(/[.,;:!?)"”]+$/u, '')
    .toLowerCase();
  return known.some((site) => bare === site || bare.startsWith(`${site}/`));
}

function figures(number: string): string {
  return number.replace(/\D/gu, '') || number;
}
