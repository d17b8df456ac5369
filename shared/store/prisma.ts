import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../prisma/generated/client.ts';

export type { PrismaClient } from '../../prisma/generated/client.ts';

/**
 * The Prisma client on a small pool of its own, for pages and commands of operators. It costs some 60 MB of memory and
 * three times the time of a statement of our own, hence never in a worker. Import this module only when it is needed.
 */
export function openPrisma(url: string, namespace: string): PrismaClient {
  return new PrismaClient({ adapter: prismaAdapter(url, namespace) });
}

/** Discrete fields: with a connection string the adapter's own settings lose against the ones in it. */
export function prismaAdapter(url: string, namespace: string): PrismaPg {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  return new PrismaPg(
    {
      host: searchParams.get('host') ?? decodeURIComponent(hostname),
      port: Number(port || 5432),
      user: decodeURIComponent(username),
      password: password ? decodeURIComponent(password) : undefined,
      database: decodeURIComponent(pathname.slice(1)),
      ssl: sslOf(searchParams.get('sslmode')),
      max: 3,
      application_name: 'surfaces prisma',
    },
    { schema: namespace },
  );
}

function sslOf(mode: string | null): boolean | { rejectUnauthorized: boolean } | undefined {
  if (!mode || mode === 'disable' || mode === 'prefer' || mode === 'allow') return undefined;
  return mode === 'no-verify' ? { rejectUnauthorized: false } : true;
}
