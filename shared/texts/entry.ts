/**
 * One text of the catalogue: Markdown in which `{name}` stands for a value; or, where a number decides the form, one
 * text for each plural form that the language has. `by` names the value that is counted.
 */
export type Entry = string | Plural;
export type Plural = {
  readonly by: string;
  readonly one: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
};
