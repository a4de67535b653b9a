export type TokenScope = "read" | "reconcile" | "suspend" | "approve";

/** A named token from the operator's file. */
export interface ApiToken {
  readonly name: string;
  /** SHA-256 of the token, hex. */
  readonly sha256: string;
  readonly scopes: readonly TokenScope[];
  /** `*` for all. */
  readonly namespaces: readonly string[];
  /** ISO 8601. */
  readonly expires: string;
}
