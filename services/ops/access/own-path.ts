/** A path of this site, to go on to; anything else is the first page. */
export function ownPath(to: unknown): string {
  return typeof to === 'string' &&
    to.length <= 2_000 &&
    /^\/(?![/\\])[^\s\\\p{Cc}]*$/u.test(to) &&
    !to.startsWith('/login')
    ? to
    : '/';
}
