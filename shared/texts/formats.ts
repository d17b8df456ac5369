import type { Language } from './detect-language.ts';

const LOCALES = { en: 'en-GB', ru: 'ru-RU' } as const;
const DAYS = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
const TIMES = { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' } as const;

const dates = (options: Intl.DateTimeFormatOptions) => ({
  en: new Intl.DateTimeFormat(LOCALES.en, options),
  ru: new Intl.DateTimeFormat(LOCALES.ru, options),
});
const DATE = dates(DAYS);
const DATE_TIME = dates(TIMES);
const NUMBER = { en: new Intl.NumberFormat('en'), ru: new Intl.NumberFormat('ru') };

/** “27 November 2026”, “27 ноября 2026 г.” */
export function date(language: Language, at: Date): string {
  return DATE[language].format(at);
}

/** “27 November at 14:05 UTC”: nobody knows where a person is, so the zone is said. */
export function dateTime(language: Language, at: Date): string {
  return `${DATE_TIME[language].format(at)} UTC`;
}

/** “in 12 seconds”, “in 5 minutes”; from an hour on “27 November at 14:05 UTC”. @param ms from now. */
export function fromNow(language: Language, ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const relative = new Intl.RelativeTimeFormat(LOCALES[language]);
  if (seconds <= 90) return relative.format(seconds, 'second');
  return seconds < 3600
    ? relative.format(Math.ceil(seconds / 60), 'minute')
    : dateTime(language, new Date(Date.now() + ms));
}

/** “12,500”, “12 500” */
export function number(language: Language, value: number): string {
  return NUMBER[language].format(value);
}

/** “830 bytes”, “12 kB”, “3.4 MB”: decimal units, as file managers show them. */
export function bytes(language: Language, size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  const options = {
    style: 'unit',
    unit: units[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power < 2 ? 0 : 1,
  } as const;
  return new Intl.NumberFormat(language, options).format(size / 1000 ** power);
}

/** “US$0.42”, “0,0031 $”: two digits that tell something. @param cost its currency in ISO 4217; what is none is shown as it is. */
export function price(language: Language, cost: { readonly amount: number; readonly currency: string }): string {
  const { amount, currency } = cost;
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${number(language, amount)} ${currency}`;
  const digits = amount >= 0.01 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency, ...digits }).format(amount);
}
