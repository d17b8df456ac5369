import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify from 'fastify';

export type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
/** The one door to Fastify. */
export { cookie, fastify, formbody };
