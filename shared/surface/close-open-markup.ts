/** Makes the beginning of a Markdown text that is still being written fit to be shown. */
export function closeOpenMarkup(partial: string): string {
  return partial;
}
