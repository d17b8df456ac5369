import { parseDuration } from '../time/time.ts';
import { z } from './zod.ts';

/** One environment variable: what it means, its defaults, and how its text becomes a value. */
export type Variable<T> = {
  readonly meaning: string;
  readonly example: string;
  readonly secret?: true;
  /** The text that stands for a variable that is not set; `undefined`: it has to be set where it is needed. */
  readonly development?: string;
  readonly production?: string;
  readonly parse: z.ZodType<T, string>;
};

export const text = z.string().min(1, 'is empty');
/** What goes into a header. The value itself is never told. */
export const optionalToken = z
  .string()
  .regex(/^[\x20-\x7e]*$/, 'has a character in it that no token has: only printable ASCII fits');
export const token = text.pipe(optionalToken);
export const count = z.string().regex(/^\d+$/, 'is not a whole number').transform(Number);
export const optionalCount = z
  .string()
  .regex(/^\d*$/, 'is not a whole number')
  .transform((value) => (value === '' ? undefined : Number(value)));
export const positive = count.refine((value) => value > 0, 'has to be at least 1');
export const port = count.refine((value) => value <= 65_535, 'is not a port, 0 to 65535');
export const decimal = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'is not a number such as 2 or 0.50')
  .transform(Number);
/** One of a few words. */
export const oneOf = <Word extends string>(...words: Word[]) =>
  z.enum(words, { error: `is none of ${words.join(', ')}` }) as unknown as z.ZodType<Word, string>;
export const url = (...schemes: string[]) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol), {
    message: `is not a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  });
export const duration = z.string().transform((value, context) => {
  try {
    return parseDuration(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
export const allow = z.string().transform((value, context) => {
  const entries = value.split(/[\s,]+/).filter(Boolean);
  for (const entry of entries) {
    if (entry !== '*' && !/^\*:[^:]+/.test(entry) && !/^@[^:]*:.+/.test(entry)) {
      context.addIssue({
        code: 'custom',
        message: `contains “${entry}”, which is neither @user:server, *:server nor *`,
      });
      return z.NEVER;
    }
  }
  return entries;
});

export const size = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([KMGT](i?B)?)?$/i, 'is not a number of bytes, such as 104857600, 100M or 2G')
  .transform((value) => {
    const [, digits, unit = ''] = /^([\d.]+)\s*([KMGT])?/i.exec(value)!;
    return Math.floor(Number(digits) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(unit.toUpperCase()));
  });

export const variable = <T>(definition: Variable<T>): Variable<T> => definition;
/** The same default wherever it runs. */
export const always = (value: string) => ({ development: value, production: value });
