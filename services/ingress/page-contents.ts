import type { Page } from '../../shared/lane/intake.ts';
import type { AdoptedMessage } from './look-back/adopt-live.ts';

/** What the record takes in at once, beside the token. */
export type PageContents = Required<Pick<Page, 'items' | 'amendments' | 'rejects'>> & {
  /** Messages of ours that stream, for the record of those: their turns are among the items. */
  readonly live: readonly AdoptedMessage[];
};

export const NOTHING: PageContents = { items: [], amendments: [], rejects: [], live: [] };

export function isEmpty({ items, amendments, rejects }: PageContents): boolean {
  return items.length + amendments.length + rejects.length === 0;
}

export function together(contents: readonly PageContents[]): PageContents {
  return {
    items: contents.flatMap(({ items }) => items),
    amendments: contents.flatMap(({ amendments }) => amendments),
    rejects: contents.flatMap(({ rejects }) => rejects),
    live: contents.flatMap(({ live }) => live),
  };
}
