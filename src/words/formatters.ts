/** Formatters of the platform, made once for each locale and set of options: making one costs far more than using it. */
class Store<T> {
  private readonly byKey = new Map<string, T>();
  /** Options that are the same object again are known without being spelled out: most are constants. */
  private readonly byIdentity = new WeakMap<object, Map<string, T>>();

  get(locale: string, options: object, make: () => T): T {
    let ofOptions = this.byIdentity.get(options);
    if (!ofOptions) {
      ofOptions = new Map();
      this.byIdentity.set(options, ofOptions);
    }
    const same = ofOptions.get(locale);
    if (same) return same;
    const key = locale + JSON.stringify(options);
    const known = this.byKey.get(key) ?? make();
    this.byKey.set(key, known);
    ofOptions.set(locale, known);
    return known;
  }
}

const numbers = new Store<Intl.NumberFormat>();
const dates = new Store<Intl.DateTimeFormat>();
const plurals = new Store<Intl.PluralRules>();
const lists = new Store<Intl.ListFormat>();

export function numberFormat(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return numbers.get(locale, options, () => new Intl.NumberFormat(locale, options));
}

export function dateTimeFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return dates.get(locale, options, () => new Intl.DateTimeFormat(locale, options));
}

export function pluralRules(locale: string, options: Intl.PluralRulesOptions = {}): Intl.PluralRules {
  return plurals.get(locale, options, () => new Intl.PluralRules(locale, options));
}

export function listFormat(locale: string): Intl.ListFormat {
  return lists.get(locale, {}, () => new Intl.ListFormat(locale));
}
