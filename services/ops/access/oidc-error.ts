/** `refused`: by the person or the issuer; `away`: it does not answer; `invalid`: what it answered does not hold. */
export type OidcTrouble = 'refused' | 'away' | 'invalid';
export class OidcError extends Error {
  readonly trouble: OidcTrouble;
  constructor(trouble: OidcTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}
