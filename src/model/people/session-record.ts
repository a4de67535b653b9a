export type SignInMethod = "local" | "oidc";

/** A person who is signed in to the page. The browser has a random token, the record only its hash. */
export interface SessionRecord {
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly method: SignInMethod;
  /** The provider that named the person; null: a local sign-in. */
  readonly issuer: string | null;
  readonly actor: string;
  readonly displayName: string;
  /** The mail address that the provider has of the person, in lower case; null: none, or it is not verified. */
  readonly mail: string | null;
  /** Those of the person that the operator's file granted something at the sign-in. Empty: a local sign-in. */
  readonly groups: readonly string[];
  /** When the person proved their identity to the provider, 0 if that is not known; null: a local sign-in. */
  readonly provedMs: number | null;
  readonly beganMs: number;
  readonly endsMs: number;
}

/** A person signed in to the page, or out; the session is named by the first 8 digits of its hash. */
export interface SessionFact {
  readonly kind: "signed-in" | "signed-out";
  readonly actor: string;
  readonly method: SignInMethod;
  readonly session: string;
}
