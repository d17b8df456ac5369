export type Import = { readonly target: string; readonly line: number };

const FORMS = [
  // import … from 'x', export … from 'x'; also over several lines.
  /^[ \t]*(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
  // Not the first thing in a quoted text, which is code for somebody else, and not a name that is put together.
  /(?<!['"`])\bimport\(\s*['"]([^'"$]+)['"]\s*\)/g,
  /\brequire\.resolve\(\s*['"]([^'"]+)['"]\s*\)/g,
];

/** What a module imports, in the order of its lines. Types count: who knows another's types depends on it. */
export function importsOf(source: string): Import[] {
  const found = FORMS.flatMap((form) =>
    [...source.matchAll(form)].map((match) => ({
      target: match[1] ?? '',
      line: source.slice(0, match.index).split('\n').length,
    })),
  );
  return found.sort((a, b) => a.line - b.line);
}
