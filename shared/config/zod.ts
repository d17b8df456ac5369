/** The one door to zod: every schema of the house is built from this export. */
export { z } from 'zod';
