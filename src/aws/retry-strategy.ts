import { StandardRetryStrategy } from "@smithy/core/retry";

const ATTEMPTS = 3;

/**
 * The SDK's standard repeats, except for IAM's `LimitExceeded`: there it is a quota that no repeat will lift, though the
 * SDK has the code among the throttling ones.
 */
export function readRetryStrategy() {
  const standard = new StandardRetryStrategy(ATTEMPTS);
  return {
    acquireInitialRetryToken: (scope: string) => standard.acquireInitialRetryToken(scope),
    recordSuccess: (token: Parameters<typeof standard.recordSuccess>[0]) => standard.recordSuccess(token),
    refreshRetryTokenForRetry: async (
      ...[token, failure]: Parameters<typeof standard.refreshRetryTokenForRetry>
    ) => {
      if (isQuota(failure.error)) throw new Error("a quota is not lifted by repeating");
      return standard.refreshRetryTokenForRetry(token, failure);
    },
  };
}

function isQuota(error: unknown): boolean {
  return error instanceof Error && /^LimitExceeded(Exception)?$/.test(error.name);
}
