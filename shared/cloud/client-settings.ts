/**
 * How every AWS client here asks: what is throttled or fails on the way is tried again by the SDK, and what gives no answer
 * is given up. The SDK alone would wait for ever.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 5,
  requestHandler: {
    connectionTimeout: 3_000,
    // Idle, not in all: a long poll is quiet for 20 seconds, and a large object takes what it takes.
    socketTimeout: 30_000,
  },
} as const;
