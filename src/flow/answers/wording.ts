import type { Json } from '../../core/json.js';
import { wordDate, wordMoney, wordMonth, wordNumber, wordPhone } from '../../words/values.js';
import type { CompiledAnswer } from '../compiled.js';
import type { Run } from '../run.js';
import { asText } from '../asText.js';

/** How an answer reads in a summary or a later text: `Rp8.000`, `24 November 2026`, `2 kuintal`, the option's words. */
export function wordAnswer(run: Run, spec: CompiledAnswer, value: Json): string {
  if (value === null) return run.text('summary_empty');
  switch (spec.type) {
    case 'choice': {
      const option = spec.options.find((o) => o.value === value);
      return option ? run.words(option.label) : asText(value);
    }
    case 'yes_no':
      return run.text(value === true ? 'yes' : 'no');
    case 'money':
      return value === 0 && spec.nego ? run.text('bargain') : wordMoney(Number(value));
    case 'number':
      return wordNumber(Number(value), run.language);
    case 'quantity': {
      const { amount, unit } = value as { amount: number; unit: string };
      return `${wordNumber(amount, run.language)} ${unit}`;
    }
    case 'date':
      return wordDate(asText(value), run.language);
    case 'month':
      return wordMonth(asText(value), run.language);
    case 'phone':
    case 'contact':
      return wordPhone(asText(value));
    case 'time':
      return asText(value).replace(':', '.');
    case 'rt_rw':
      return asText(value).replace(/^(\d+)\/(\d+)$/u, 'RT $1 / RW $2');
    case 'village':
      return (value as { name: string }).name;
    case 'location':
      return run.text('location_given');
    case 'photo':
      return run.text('photo_count', { count: (value as Json[]).length });
    case 'document':
      return run.text('document_count', { count: (value as Json[]).length });
    case 'text':
    case 'year':
    case 'person_name':
      return asText(value);
  }
}
