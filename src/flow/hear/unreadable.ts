/** What channels call it, by what a person would call it. */
const GROUPS: { [group: string]: RegExp } = {
  sticker: /^(?:sticker|dice)$/u,
  video: /^(?:video|video_note|ptv|animation|gif|story)$/u,
  audio: /^audio$/u,
  poll: /^(?:poll|poll_creation|event)/u,
  contact: /^(?:contact|contacts|vcard|multi_vcard)$/u,
  location: /^(?:location|venue|live_location)$/u,
  oversized: /^oversized$/u,
  broken: /^(?:malformed|refused|ciphertext)$/u,
};

/** Which words tell a person that this could not be read: a key of the system text `unreadable`. */
export function unreadableGroup(what: string): string {
  return Object.keys(GROUPS).find((group) => GROUPS[group]!.test(what)) ?? 'other';
}
