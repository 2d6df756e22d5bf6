import type { Parser } from './parser.js';

/**
 * RT and RW, kept as `003/004`: `rt 02 rw 01`, `RT.003/RW.004`, `rt3/4`, `2/1`.
 *
 * ```yaml
 * answer: { type: rt_rw }
 * ```
 */
export const parseRtRw: Parser<'rt_rw'> = (message) => {
  const found =
    /rt[\s.:]*(\d{1,3})[\s,./-]*(?:dan\s*)?(?:rw[\s.:]*)?(\d{1,3})(?!\d)/iu.exec(message.text) ??
    /^\s*(\d{1,3})\s*[/\- ]\s*(\d{1,3})\s*$/u.exec(message.text);
  if (found) return { value: pair(found[1]!, found[2]!) };
  const turned = /rw[\s.:]*(\d{1,3})[\s,./-]*rt[\s.:]*(\d{1,3})(?!\d)/iu.exec(message.text);
  return turned ? { value: pair(turned[2]!, turned[1]!) } : { hint: 'hint_rt_rw' };
};

function pair(rt: string, rw: string): string {
  return `${rt.padStart(3, '0')}/${rw.padStart(3, '0')}`;
}
