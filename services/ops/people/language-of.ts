import { type Html, html } from '../page/html.ts';

/** What they chose, and what `auto` means just now. */
export function languageOf({ language, writes }: { readonly language: string; readonly writes: string | null }): Html {
  return language === 'auto' && writes ? html`auto <span class="quiet">(${writes})</span>` : html`${language}`;
}
