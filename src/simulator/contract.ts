/** The context of one API call for an operation. */
export interface Call {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly nowMs: number;
  readonly principalArn: string;
  readonly requestId: string;
  /**
   * A new unique id with AWS's prefix: AROA (role), ANPA (policy), AIPA (instance profile), ASIA (key of a session), or
   * "" for a UUID (revision ids). Deterministic for each world: the hash of a counter.
   */
  newId(prefix: string): string;
  /** A new secret access key, also deterministic. */
  newSecret(): string;
  readonly iam: IamLookup;
}

/** Queries of a service to the IAM of the same world, across accounts. */
export interface IamLookup {
  /**
   * The unique id (AROA…, AIDA…) of an existing role or user ARN, the ARN itself for principals
   * without a unique id (account roots, sessions); undefined if there is no such principal.
   */
  principalId(arn: string): string | undefined;
  /** The current ARN of a unique id; undefined after a deletion: policies then show the bare id. */
  principalArn(id: string): string | undefined;
  /** Undefined if there is no such role. */
  roleTrustsLambda(roleArn: string): boolean | undefined;
}

/** An error answer of AWS for a wrong request; never a fault of the simulator. */
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

/** An own entry of a record, so that names such as "constructor" are normal names. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
