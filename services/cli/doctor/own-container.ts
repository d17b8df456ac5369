import { IN_THE_IMAGE } from '../../../shared/runtime/called-as.ts';

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** Ends the remedy for a server that is not reached: empty, or what an address of loopback means in a container. */
export function ownContainer(url: string, inTheImage = IN_THE_IMAGE): string {
  const { hostname } = new URL(url);
  if (!inTheImage || !LOOPBACK.test(hostname)) return '';
  return `; ${hostname} is the container itself: under Compose the machine is host.docker.internal, another container its name`;
}
