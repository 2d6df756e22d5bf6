import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import { dateTimeFormat, numberFormat, pluralRules } from './formatters.js';
import { clockLocaleOf, localeOf } from './languages.js';

/** How a text uses an argument: as worded text, or as the bare value that ICU itself formats or decides by. */
export type ArgumentUse = 'worded' | 'number' | 'date' | 'select';

/** Gives the value of an argument in the form asked for; undefined where there is none. */
export type ValueOf = (name: string, use: ArgumentUse) => string | number | Date | undefined;

/** One text, read once: it knows its arguments and fills them in. */
export interface Words {
  readonly source: string;
  readonly arguments: readonly { name: string; use: ArgumentUse }[];
  /** The text itself, where nothing is to be filled in. */
  readonly constant: string | null;
  /** `zone`: IANA name of the village's time zone. A missing argument shows as an ellipsis, never as a crash. */
  fill(valueOf: ValueOf, zone: string): string;
}

/** What is shown where an argument has no value: `check` finds these before a resident does. */
export const MISSING = '…';

/** A text that is not ICU MessageFormat. `offset` counts characters from its start. */
export class WordsError extends Error {
  override readonly name = 'WordsError';
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

const compiled = new Map<string, Words>();

/** Compiles a text of a language; the same text is compiled once. Throws `WordsError`. */
export function compileWords(source: string, language: string): Words {
  const key = `${localeOf(language)}\n${source}`;
  const known = compiled.get(key);
  if (known) return known;
  const words = compileFresh(source, localeOf(language));
  compiled.set(key, words);
  return words;
}

function compileFresh(source: string, locale: string): Words {
  const ast = parseWords(source);
  const uses = new Map<string, { name: string; use: ArgumentUse }>();
  collect(ast, uses);
  const args = [...uses.values()];
  const isPlain = ast.every((element) => element.type === TYPE.literal || element.type === TYPE.argument);
  const only = ast[0];
  const constant =
    ast.length === 1 && only?.type === TYPE.literal ? only.value : ast.length === 0 ? '' : null;
  return {
    source,
    arguments: args,
    constant,
    fill: isPlain ? fillPlain(ast) : fillIcu(ast, [...uses], locale),
  };
}

/** Reads ICU MessageFormat. Throws `WordsError`, which tells where. */
export function parseWords(source: string): MessageFormatElement[] {
  try {
    return parse(source, { ignoreTag: true, shouldParseSkeletons: true });
  } catch (cause) {
    const fault = cause as { message?: string; location?: { start: { offset: number } } };
    const offset = fault.location?.start.offset ?? 0;
    throw new WordsError(MEANINGS[fault.message ?? ''] ?? `not readable: ${fault.message}`, offset);
  }
}

const MEANINGS: { [code: string]: string } = {
  EXPECT_ARGUMENT_CLOSING_BRACE: 'a { is not closed by }',
  EMPTY_ARGUMENT: 'an argument has no name: {}',
  MALFORMED_ARGUMENT: 'an argument is not a plain name (small letters, digits, _; no dots or spaces)',
  UNMATCHED_CLOSING_TAG: 'a closing tag has no opening one',
  MISSING_OTHER_CLAUSE: 'plural and select need an `other {…}`',
  UNCLOSED_QUOTE_IN_ARGUMENT_STYLE: "a quote ' is not closed: write '' for an apostrophe",
};

/** Arguments of a text, each once for every way it is used; decided arguments are renamed apart from worded ones. */
function collect(ast: MessageFormatElement[], uses: Map<string, { name: string; use: ArgumentUse }>): void {
  for (const element of ast) {
    const use = useOf(element.type);
    if (!use || !('value' in element)) continue;
    const name = element.value;
    const key = use === 'worded' ? name : `${name}:${use}`;
    element.value = key;
    uses.set(key, { name, use });
    if (element.type === TYPE.select || element.type === TYPE.plural)
      for (const option of Object.values(element.options)) collect(option.value, uses);
  }
}

function useOf(type: TYPE): ArgumentUse | null {
  switch (type) {
    case TYPE.argument:
      return 'worded';
    case TYPE.number:
    case TYPE.plural:
      return 'number';
    case TYPE.date:
    case TYPE.time:
      return 'date';
    case TYPE.select:
      return 'select';
    default:
      return null;
  }
}

/** Most texts only put worded values between words: that needs no formatter. */
function fillPlain(ast: MessageFormatElement[]): Words['fill'] {
  const parts = ast.map((element) => ({
    text: 'value' in element ? element.value : '',
    isArgument: element.type === TYPE.argument,
  }));
  return (valueOf) => {
    let text = '';
    for (const part of parts)
      text += part.isArgument ? String(valueOf(part.text, 'worded') ?? MISSING) : part.text;
    return text;
  };
}

function fillIcu(
  ast: MessageFormatElement[],
  uses: [string, { name: string; use: ArgumentUse }][],
  locale: string,
): Words['fill'] {
  const byZone = new Map<string, IntlMessageFormat>();
  const formatFor = (zone: string): IntlMessageFormat => {
    const known = byZone.get(zone);
    if (known) return known;
    const made = new IntlMessageFormat(ast, locale, undefined, {
      formatters: {
        getNumberFormat: (_, options) => numberFormat(locale, options as Intl.NumberFormatOptions),
        getDateTimeFormat: (_, options) =>
          dateTimeFormat(options && 'hour' in options ? clockLocaleOf(locale) : locale, {
            ...options,
            timeZone: zone,
          }),
        getPluralRules: (_, options) => pluralRules(locale, options),
      },
    });
    byZone.set(zone, made);
    return made;
  };
  return (valueOf, zone) => {
    const values: { [key: string]: string | number | Date } = {};
    for (const [key, { name, use }] of uses) {
      const value = valueOf(name, use);
      values[key] = value ?? ABSENT[use];
    }
    return String(formatFor(zone).format(values));
  };
}

const ABSENT: { [use in ArgumentUse]: string | number | Date } = {
  worded: MISSING,
  number: 0,
  date: new Date(0),
  select: 'other',
};
