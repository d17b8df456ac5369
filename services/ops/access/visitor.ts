/** What somebody may do: readers look, operators also act. */
export type AccountRole = 'reader' | 'operator';

/** Whoever has come through the gate. */
export type Visitor = {
  /** As it stands in the audit. Who has no account here is named with what vouches for them: `ann (proxy)`. */
  readonly name: string;
  readonly role: AccountRole;
  /** What their forms have to carry. */
  readonly csrf: string;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on the pages that are open to everybody. */
    visitor: Visitor | null;
  }
  interface FastifyContextConfig {
    /** Nobody has to have logged in for it. */
    open?: true;
    /** Readers may do it, too, although it is no GET: it changes nothing that is not theirs. */
    readersToo?: true;
    /** Its form is shown to who is not known yet, and so has no token. */
    withoutToken?: true;
  }
}
