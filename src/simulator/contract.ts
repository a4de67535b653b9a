/** What an operation sees of one API call. */
export interface Call {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly nowMs: number;
  readonly principalArn: string;
  readonly requestId: string;
  /**
   * A fresh unique id with AWS's prefix: AROA (role), ANPA (policy), AIPA (instance profile), ASIA (session's key),
   * or "" for a uuid (revision ids). Deterministic per world: a counter, hashed.
   */
  newId(prefix: string): string;
  /** A fresh secret access key, as deterministic. */
  newSecret(): string;
  readonly iam: IamLookup;
}

/** What one service asks the IAM of the same world, across accounts. */
export interface IamLookup {
  /**
   * The unique id (AROA…, AIDA…) of an existing role or user ARN, the ARN itself for principals
   * that have no id of their own (account roots, sessions), undefined when there is no such principal.
   */
  principalId(arn: string): string | undefined;
  /** The ARN that a unique id has now; undefined once deleted: policies then show the bare id. */
  principalArn(id: string): string | undefined;
  /** Undefined: there is no such role. */
  roleTrustsLambda(roleArn: string): boolean | undefined;
}

/** An answer of AWS that is an error: what the caller did wrong, never a fault of the simulator. */
export class SimulatedError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = "SimulatedError";
    this.code = code;
    this.status = status;
  }
}

export type Input = Readonly<Record<string, unknown>>;
export type Output = Record<string, unknown>;

/**
 * Reads or changes `state` in place; throws SimulatedError without having changed anything.
 * Input and output have the SDK's field names; documents are plain (the codec URL-encodes IAM's).
 */
export type Operation<State> = (state: State, input: Input, call: Call) => Output;
