export type Encoding = 'o200k_base' | 'cl100k_base';

const ENCODINGS: readonly (readonly [RegExp, Encoding])[] = [
  [/^(gpt-4o|chatgpt-4o|gpt-4\.[15]|gpt-5|gpt-oss)|^o[134]($|-)/, 'o200k_base'],
  // `gpt-35-turbo` as Azure has it.
  [/^gpt-(4|3\.5|35)($|-)/, 'cl100k_base'],
];

/**
 * The vocabulary of a model by its name, also where a gateway puts its provider before it (`openai/gpt-4o`, `azure/gpt-4.1`) or a
 * variant behind it (`openai/gpt-oss-20b:free`). @returns undefined for models whose vocabulary we do not have.
 */
export function encodingOfModel(model: string): Encoding | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/^ft:/, '');
  return ENCODINGS.find(([names]) => names.test(name))?.[1];
}
