import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from '../http.ts';

const FILES = {
  'style.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The page's own style, script and picture. Read once: they are small, and a browser asks again only whether they changed. */
export function addAssets(site: FastifyInstance): void {
  for (const [name, type] of Object.entries(FILES)) {
    const bytes = readFileSync(new URL(`../assets/${name}`, import.meta.url));
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 20)}"`;
    site.get(`/assets/${name}`, async (request, reply) => {
      reply.header('etag', tag).header('cache-control', 'no-cache');
      return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.type(type).send(bytes);
    });
  }
}
