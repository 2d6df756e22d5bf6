/** Digits of an officer's PIN. */
export const PIN_DIGITS = 6;
/** So many wrong ones in a row lock it. */
export const MOST_PIN_TRIES = 5;
/** For so long, in milliseconds. */
export const PIN_LOCK_MS = 60 * 60 * 1000;

/** Why a PIN is refused. */
export type PinFault = 'form' | 'same' | 'run' | 'repeated' | 'year' | 'date' | 'phone';

/**
 * What is wrong with a PIN that somebody chooses; null: nothing. Refused is what is tried first: one or two digits alone,
 * runs (123456, 987654), a part said again (123123, 121212), years (198765, 651987), birthdays (170845, 450817), and a part
 * of the officer's own number. `phone`: 62…, where it is known.
 */
export function pinFault(pin: string, phone: string | null = null): PinFault | null {
  if (!/^\d{6}$/u.test(pin)) return 'form';
  const digits = [...pin].map(Number);
  if (new Set(digits).size <= 2) return 'same';
  const steps = digits.slice(1).map((digit, n) => (digit - digits[n]! + 10) % 10);
  if (steps.every((step) => step === 1) || steps.every((step) => step === 9)) return 'run';
  if (pin.slice(0, 3) === pin.slice(3) || /^(\d\d)\1\1$/u.test(pin)) return 'repeated';
  if (pin.slice(0, 3) === digits.slice(3).toReversed().join('')) return 'repeated';
  if (/^(?:19[3-9]\d|20[0-4]\d)/u.test(pin) || /(?:19[3-9]\d|20[0-4]\d)$/u.test(pin)) return 'year';
  if (isDay(pin.slice(0, 2), pin.slice(2, 4)) || isDay(pin.slice(4), pin.slice(2, 4))) return 'date';
  if (phone?.includes(pin)) return 'phone';
  return null;
}

function isDay(day: string, month: string): boolean {
  return Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;
}
