/**
 * Splits a text that is too long for one message: at paragraphs, else lines, else sentences, else words, else
 * anywhere but within a character. Lengths are UTF-16 units, as the platforms count. No part is empty.
 */
export function splitText(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > most) {
    const at = cut(rest, most);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== '') parts.push(rest);
  return parts;
}

function cut(text: string, most: number): number {
  const window = text.slice(0, most + 1);
  for (const boundary of ['\n\n', '\n', '. ', ' ']) {
    const at = window.lastIndexOf(boundary);
    // A cut very early would make a message of a few words and a long one.
    if (at > most / 4) return at + (boundary === '. ' ? 1 : 0);
  }
  // Not between the halves of a surrogate pair.
  return /[\uD800-\uDBFF]/u.test(text.charAt(most - 1)) ? most - 1 : most;
}
