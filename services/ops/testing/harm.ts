/** A tag as our pages write them: names, and values in double quotes. */
const TAG = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z][a-z-]*(?:="[^"]*")?)*)\s*\/?>/i;
const OURS = new Set(
  (
    'a abbr bdi body br button caption code dd details div dl dt em fieldset figcaption figure footer form g h1 h2 h3 head header html i input ' +
    'label legend li line link main meta nav ol option p path polyline rect script section select small span strong summary svg table ' +
    'tbody td textarea th thead time title tr ul'
  ).split(' '),
);
/** Control characters, and those that turn the direction of what stands around them. */
const STEERING = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu;

/** What in a page’s source could do more than be read: for tests that put hostile texts into it. Empty where all is well. */
export function harmIn(page: string): string[] {
  const harm = [...page.matchAll(STEERING)].map(([sign]) => `U+${sign.codePointAt(0)!.toString(16)}`);
  for (let at = page.indexOf('<'); at !== -1; at = page.indexOf('<', at + 1)) {
    const rest = page.slice(at);
    if (rest.startsWith('<!doctype html>')) continue;
    const [tag, closing, name = '', attributes = ''] = TAG.exec(rest) ?? [];
    if (tag === undefined || !OURS.has(name)) harm.push(rest.slice(0, 60));
    else if (!closing) harm.push(...attributeHarm(tag, name, attributes));
  }
  return harm;
}

function attributeHarm(tag: string, name: string, attributes: string): string[] {
  const given = [...attributes.matchAll(/([a-z][a-z-]*)(?:="([^"]*)")?/gi)].map(([, key, value]) => ({
    key: key!,
    value,
  }));
  const bad = given.filter(
    ({ key, value = '' }) =>
      /^(on|style$|srcdoc$)/i.test(key) ||
      (/^(href|src|action|formaction)$/i.test(key) && !/^(\/(?![/\\])|#)/.test(value)) ||
      (name === 'meta' && key === 'http-equiv'),
  );
  const foreignScript =
    name === 'script' && !given.some(({ key, value }) => key === 'src' && value?.startsWith('/assets/'));
  return bad.length > 0 || foreignScript ? [tag] : [];
}
