/** Where the controller is, and how the caller proves its identity. */
export interface Connection {
  /** Without a `/` at the end. */
  readonly url: string;
  readonly token: string | null;
  /** Where the token came from, or would have come from. */
  readonly tokenFrom: string | null;
  /** The command that starts the controller. */
  readonly start: string;
  /** Of what the token sees, only these are asked for. Missing: everything. */
  readonly namespaces?: readonly string[];
}
