/** A behaviour of the agent that rules need, and the words that make it show it. */
type Behaviour = {
  /** What the agent does when it reads the words. */
  readonly about: string;
  /** Words that any agent understands that talks to people. */
  readonly otherwise?: string;
  /** The demo agent's, see docs/CONTRACT.md. */
  readonly demo: string;
};

export const BEHAVIOURS = {
  words: {
    about: 'a short answer',
    otherwise: 'Say hello in one word.',
    demo: 'hello',
  },
  long: {
    about: 'an answer that comes bit by bit for three seconds or more',
    otherwise: 'Count from 1 to 400, each number on a line of its own.',
    demo: 'demo words=400 pace=10',
  },
  echo: {
    about: 'an answer that repeats {text}, which the suite fills in, to the letter',
    demo: 'Say {text} once more',
  },
  flood: {
    about:
      'an answer of half a megabyte or more within seconds; {text}, where it stands, becomes as long as a frame can be',
    demo: 'demo many=400 size=20000 pace=0',
  },
  ask: { about: 'the agent asks for a permission, and goes on when it is answered', demo: 'demo ask water the plants' },
  file: { about: 'the agent offers a file', demo: 'demo file note.txt size=1k' },
  tool: { about: 'a tool runs for three seconds or more', demo: 'demo tool seconds=5' },
  fail: { about: 'the agent fails in mid-turn', demo: 'demo error' },
  crash: { about: 'the agent’s process dies in mid-turn', demo: 'demo crash' },
  hang: { about: 'the agent says something, and then nothing more', demo: 'demo hang' },
  remember: {
    about: 'the agent keeps {word}, which the suite fills in, in mind',
    demo: 'demo remember {word}',
  },
  recall: { about: 'the agent says what it was told to keep in mind', demo: 'demo recall' },
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof BEHAVIOURS;
export type Prompts = Readonly<Partial<Record<BehaviourName, string>>>;
export type ScriptName = 'demo' | 'none';

const NAMES = Object.keys(BEHAVIOURS) as BehaviourName[];
/** Without it the words that the suite fills in would be lost. */
const PLACES: Prompts = { echo: '{text}', remember: '{word}' };

export const DEMO_PROMPTS: Prompts = collect((name) => BEHAVIOURS[name].demo);

/** What is given counts first, then the script, then words that any agent understands. */
export function choosePrompts(given: Prompts, script: ScriptName): Prompts {
  return collect((name) => {
    const { otherwise, demo }: Behaviour = BEHAVIOURS[name];
    return given[name] ?? (script === 'demo' ? demo : otherwise);
  });
}

/** @returns what is wrong with the words for a behaviour, as a sentence. */
export function promptProblem(name: BehaviourName, words: string): string | undefined {
  if (words === '') return `--prompt-${name} is empty.`;
  const place = PLACES[name];
  if (place && !words.includes(place))
    return `--prompt-${name} has to contain ${place}, which the suite fills in: “${words}” does not.`;
  return undefined;
}

export function isBehaviour(name: string): name is BehaviourName {
  return name in BEHAVIOURS;
}

function collect(wordsFor: (name: BehaviourName) => string | undefined): Prompts {
  const found = NAMES.map((name) => [name, wordsFor(name)] as const);
  return Object.fromEntries(found.filter(([, words]) => words !== undefined));
}
