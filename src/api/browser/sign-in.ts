import { z } from "zod";
import type { SignInMethod } from "../../model/people/session-record.ts";
import type { TokenScope } from "../../model/values/api-token.ts";

/** `GET /auth/session`: who is signed in in this browser. */
export interface SessionView {
  readonly actor: string;
  readonly displayName: string;
  readonly method: SignInMethod;
  readonly grants: readonly SessionGrant[];
  /** ISO 8601: the session ends then, or an hour after the last request that the person caused. */
  readonly expires: string;
}

export interface SessionGrant {
  readonly scopes: readonly TokenScope[];
  /** `["*"]`: all. */
  readonly namespaces: readonly string[];
}

/** `GET /auth/methods`: how this browser can sign in. */
export interface SignInMethods {
  readonly oidc: boolean;
  readonly local: boolean;
}

/** `POST /auth/local/links`: asks for a link that signs in once. `user`: the system user that asks. */
export const localLinkRequest = z.strictObject({ user: z.string().max(64).optional() });

export type LocalLinkRequest = z.input<typeof localLinkRequest>;

export interface LocalLink {
  /** Without the server. */
  readonly path: string;
  /** ISO 8601. */
  readonly expires: string;
}
