import { StandardRetryStrategy } from "@smithy/core/retry";

const ATTEMPTS = 3;

/**
 * The SDK's standard retries, except for `LimitExceeded` of IAM: there it is a quota, which a retry does not change,
 * although the SDK treats the code as throttling.
 */
export function readRetryStrategy() {
  const standard = new StandardRetryStrategy(ATTEMPTS);
  return {
    acquireInitialRetryToken: (scope: string) => standard.acquireInitialRetryToken(scope),
    recordSuccess: (token: Parameters<typeof standard.recordSuccess>[0]) => standard.recordSuccess(token),
    refreshRetryTokenForRetry: async (
      ...[token, failure]: Parameters<typeof standard.refreshRetryTokenForRetry>
    ) => {
      if (isQuota(failure.error)) throw new Error("a retry does not help against a quota");
      return standard.refreshRetryTokenForRetry(token, failure);
    },
  };
}

function isQuota(error: unknown): boolean {
  return error instanceof Error && /^LimitExceeded(Exception)?$/.test(error.name);
}
