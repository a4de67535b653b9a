/** Passes of an account end with an unexpected error: the state of the account is unknown then. */
export interface PassFault {
  readonly sinceMs: number;
  /** One line without credentials. */
  readonly reason: string;
  readonly isAlerted: boolean;
}
