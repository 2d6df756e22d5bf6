/** Numbers that are no secret by how they are written: phone numbers, prices, dates and coordinates. */
const PHONE = String.raw`\+?(?:62|0)(?:[ .-]?\d){7,12}`;
const PRICE = String.raw`\d{1,3}(?:\.\d{3}){1,3}(?:,\d{2})?|\d{1,3}(?:,\d{3}){1,3}`;
const DAY_FIRST = String.raw`(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d{2}`;
const YEAR_FIRST = String.raw`(?:19|20)\d{2}[-./](?:0[1-9]|1[0-2])[-./](?:0[1-9]|[12]\d|3[01])`;
const DATE = String.raw`(?:${DAY_FIRST}|${YEAR_FIRST})(?:[ ,]{1,2}(?:[01]?\d|2[0-3])\.[0-5]\d)?`;
const COORDINATES = String.raw`\d{1,2}[.]\d{3,}(?:, ?|[ /]) ?-?\d{2,3}[.]\d{3,}`;
const HARMLESS = `(?:${PHONE}|${PRICE}|${DATE}|${COORDINATES})`;

/** Of the whole of some words: harmless numbers, and what stands between two of them. */
export const ALL_HARMLESS = new RegExp(String.raw`^${HARMLESS}(?:,? ?[ /–-] ?${HARMLESS})*$`, 'u');

/** Where it is set to (`lastIndex`): a date; a number that its own signs tell. */
export const DATE_HERE = new RegExp(String.raw`${DATE}(?!\d)`, 'uy');
export const SIGNED_HERE = new RegExp(String.raw`(?:${PRICE}|${DATE}|${COORDINATES})(?!\d)`, 'uy');

const TIME = String.raw`(?:[01]?\d|2[0-3])[.:][0-5]\d`;
const IN_A_LIST = String.raw`\d{1,3}(?=[.):]\s)`;

/** Where it is set to: any of them, a time of the day, or the number of a line in a list. */
export const HARMLESS_HERE = new RegExp(String.raw`(?:${HARMLESS}|${TIME}|${IN_A_LIST})(?!\d)`, 'uy');
