import { say } from './say.ts';
import type { Scene } from './scene.ts';

const FENCE = '```';

const SHOWPIECE = `# What an answer can look like

Text can be **bold**, *italic*, ~~struck~~ or \`code\`, and it can [link to a page](https://matrix.org).

## A list

1. First this,
2. then that:
   - with a detail
   - and another one
3. and this at the end.

## A table

| language | year | typed |
|---|---:|:---:|
| TypeScript | 2012 | ✅ |
| Python | 1991 | 🟡 |
| SQL | 1974 | ✅ |

## Code

${FENCE}ts
export function greet(name: string): string {
  return \`Hello, \${name}!\`;
}
${FENCE}

${FENCE}python
def greet(name: str) -> str:
    return f"Hello, {name}!"
${FENCE}

${FENCE}sql
SELECT name, count(*) FROM greeting GROUP BY name HAVING count(*) > 1;
${FENCE}

## A quote

> The best way to predict the future is to invent it.
>
> — Alan Kay

## По-русски

Съешь же ещё этих мягких французских булок, да выпей чаю. 🥐🍵

---

That is all. 🎉
`;

/** `demo markdown` */
export async function markdown(scene: Scene): Promise<void> {
  await say(scene, SHOWPIECE.trimEnd());
}
