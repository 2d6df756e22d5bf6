import type { Parser } from './parser.js';

/**
 * A time of day, kept as `14:00`: `08.30`, `jam 2 siang`, `setengah 8 malam`, `2 pm`.
 *
 * ```yaml
 * answer: { type: time }
 * ```
 */
export const parseTime: Parser<'time'> = (message) => {
  const text = message.text.toLowerCase();
  const half = /(?:setengah|stengah|1\/2)\s*(\d{1,2})/u.exec(text);
  const found = half ?? /(?<!\d)(\d{1,2})(?:\s*[.:]\s*(\d{2}))?(?!\d)/u.exec(text);
  if (!found) return { hint: 'hint_time' };
  let hour = Number(found[1]);
  let minute = Number(found[2] ?? 0);
  if (half) {
    hour -= 1;
    minute = 30;
  }
  if (
    /\b(?:siang|sore|awan|pm)\b/u.test(text) &&
    hour >= 1 &&
    hour < (/(?:siang|awan)/u.test(text) ? 11 : 12)
  )
    hour += 12;
  if (/\b(?:malam|bengi)\b/u.test(text)) hour = hour === 12 ? 0 : hour >= 5 && hour < 12 ? hour + 12 : hour;
  if (/\bam\b/u.test(text) && hour === 12) hour = 0;
  if (hour < 0 || hour > 23 || minute > 59) return { hint: 'hint_time' };
  return { value: `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` };
};
