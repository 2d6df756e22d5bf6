import type { Allowed } from '../load/allowed.js';
import type { FlowFault } from '../yamlFile.js';
import { EMERGENCY_LINES } from './emergencyLines.js';
import type { Spoken } from './placed.js';

const LINK =
  /(?:https?:\/\/|www\.)\S+|\S+@[\w-]+\.\w+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:id|com|net|org|me|io|ly|app|co|info|xyz|gov|link|site|online|shop|page)\b(?:\/\S*)?/giu;
/** Eight figures and more, with or without signs between: a phone number, or an account. */
const LONG_NUMBER = /(?<![\p{L}\d.,*/-])\+?\d(?:[ -]?\d){7,17}(?![\d*]|[.,/-]\d)/gu;
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
    const source = text.words.source;
    const links = (source.match(LINK) ?? []).filter((link) => !isKnownLink(link, known.links));
    const long = (source.match(LONG_NUMBER) ?? []).filter((number) => !DATE.test(number));
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
