/** Kubernetes' reasons for failures, each with its HTTP status. */
export const FAILURE_CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  Timeout: 408,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  InternalError: 500,
  ServiceUnavailable: 503,
} as const;

export type FailureReason = keyof typeof FAILURE_CODES;

/** One wrong field of a request; `field` is its path, such as `scope.accountId` or `keys[3]`. */
export interface FailureCause {
  readonly field: string;
  readonly message: string;
}

/** Kubernetes' Status object: the body of every response outside 2xx, except of `/readyz`. */
export interface FailureStatus {
  readonly apiVersion: "v1";
  readonly kind: "Status";
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: "Failure";
  readonly reason: FailureReason;
  readonly code: number;
  /** One line for the person who must act. */
  readonly message: string;
  readonly details?: {
    readonly causes?: readonly FailureCause[];
    readonly retryAfterSeconds?: number;
    /** How to fix it: a command, or the change to make. */
    readonly hint?: string;
    /** `SignInAgain`: the session lasts, but the request needs a sign-in of the last 15 minutes. */
    readonly reason?: "SignInAgain";
  };
}

/** The output of a failed command with `-o json`, on standard error. Standard output is empty then. */
export interface ErrorObject {
  readonly kind: "Error";
  readonly exitCode: number;
  readonly errors: readonly {
    readonly level: "error";
    /** A file with line and column, a URL, a digest. */
    readonly place: string | null;
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  }[];
}
