import { built, builtWith, type Manifest, OVERLAYS, whyNot } from './built.ts';

const BY_CPU = '../../components/scale-by-cpu';
const BY_QUEUE = '../../components/scale-by-queue';
const AGENT_HOST = '../../agent-host';

/** Why there are no stacks to look at. In CI that is a failure: nothing would be proven. */
export const why = whyNot();

/** Every stack that the folder describes, the choices that comments offer among them. */
export const STACKS: ReadonlyMap<string, readonly Manifest[]> = new Map(
  why === undefined || process.env.CI
    ? [
        ...OVERLAYS.map((name) => [name, built(`overlays/${name}`)] as const),
        ['production, by its queue', builtWith('production', BY_CPU, BY_QUEUE)],
        ['production, with the agent host', builtWith('production', `# - ${AGENT_HOST}`, `- ${AGENT_HOST}`)],
      ]
    : [],
);

/** What goes before each stack. */
export const STEPS: ReadonlyMap<string, readonly Manifest[]> = new Map(
  STACKS.size === 0
    ? []
    : OVERLAYS.flatMap((name) =>
        ['migrate', 'migrate-dry-run'].map((step) => [`${name}, ${step}`, built(`overlays/${name}/${step}`)] as const),
      ),
);
