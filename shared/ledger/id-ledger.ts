/** What one owner asks for. */
export interface Claim {
  readonly ids: readonly string[];
  readonly owner: string;
}

/**
 * Who may report a tweet: the first owner to claim its id, for ever (until pruned).
 *
 * Why: messages come at least once, tweets must come out exactly once. The tagger claims the ids of a message for that
 * message before it writes the message's result object. Then
 * - the same id in another message (a source that went back to its cursor, a client that posted twice) belongs to the
 *   first message and is dropped as a duplicate;
 * - the same message delivered again (a crash before it was deleted) gets the same ids again, since claiming is
 *   idempotent for an owner, and finds or writes the same object under the same key;
 * - a crash between claim and write loses nothing: the message is still in the queue, and nobody else can take its ids.
 *
 * So each id is in exactly one result object, and that object is written as a whole, once.
 */
export interface IdLedger {
  /**
   * Claims each id for `owner` unless another owner has it, and returns the ids that now belong to `owner`, in the
   * order given. Durable when it resolves.
   */
  claim(ids: readonly string[], owner: string): Promise<readonly string[]>;
  /** The claims of several owners, one after the other, at the price of one. All or none are made. */
  claimAll(claims: readonly Claim[]): Promise<readonly (readonly string[])[]>;
  /** Gives up those of the ids that belong to `owner`: somebody else may claim them. Durable when it resolves. */
  release(ids: readonly string[], owner: string): Promise<void>;
  /**
   * Forgets the claims of owners that last claimed before `before`, and returns how many. Messages older than that may
   * repeat tweets, so keep claims longer than anything can stay in the queue and its dead-letter queue.
   */
  prune(before: Date): Promise<number>;
  close(): void;
}
