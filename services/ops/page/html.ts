// Not by their types: those bring the DOM's with them, for the whole house.
const { html: tagged } = (await import('htm/preact' as string)) as { html: Tagged };
const { render } = (await import('preact-render-to-string' as string)) as { render: (part: Html) => string };

/** A piece of a page; what it is made of is the template library's affair. */
export type Html = { readonly props: unknown };
type Tagged = (strings: TemplateStringsArray, ...values: readonly unknown[]) => Html;

/**
 * The one door to the template library. Whatever is put into a template is shown as text: there is no way around its
 * escaping. Arrays are shown one after the other; null, undefined and false not at all.
 */
export const html: Tagged = tagged;

/** A whole document. */
export function documentOf(root: Html): string {
  return `<!doctype html>${render(root)}`;
}

/** A part of a document, such as one that is replaced while it is looked at. */
export function fragmentOf(part: Html): string {
  return render(part);
}
