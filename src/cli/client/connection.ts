/** Where the controller is, and how we prove who asks. */
export interface Connection {
  /** Without a `/` at the end. */
  readonly url: string;
  readonly token: string | null;
  /** Where the token came from, or would have come from. */
  readonly tokenFrom: string | null;
  /** The command that starts it. */
  readonly start: string;
}
