import { createHash, timingSafeEqual } from "node:crypto";
import type { ApiToken, TokenScope } from "../../model/values/api-token.ts";
import type { ApiCaller } from "./access.ts";

interface KnownToken {
  readonly hash: Buffer;
  readonly caller: ApiCaller;
}

export type Authentication =
  | { readonly kind: "known"; readonly caller: ApiCaller }
  | { readonly kind: "refused"; readonly actor: string; readonly reason: string };

const ANONYMOUS = "anonymous";
export const LOCAL_ACTOR = "local";
export const ALL_SCOPES: readonly TokenScope[] = ["read", "reconcile", "suspend", "approve"];

export class TokenTable {
  readonly #tokens: readonly KnownToken[];

  /** @param localToken the token in the state directory: a user who can read that file may do everything, as `local` */
  constructor(tokens: readonly ApiToken[], localToken: string) {
    if (localToken.length < 32) throw new Error("the local token is too short to be a secret");
    const caller: ApiCaller = {
      actor: LOCAL_ACTOR,
      grants: [{ scopes: new Set(ALL_SCOPES), namespaces: "all" }],
      provedMs: null,
      mail: null,
      endsMs: Number.POSITIVE_INFINITY,
    };
    const local = { hash: sha256(localToken), caller };
    this.#tokens = [local, ...tokens.map(knownToken)];
  }

  authenticate(authorization: string | undefined, nowMs: number): Authentication {
    if (authorization === undefined) return refused(ANONYMOUS, "the controller needs a token");
    const presented = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
    if (presented === undefined) return refused(ANONYMOUS, "the controller needs a token");
    const found = this.#find(sha256(presented));
    if (found === null) return refused(ANONYMOUS, "unknown token");
    const { caller } = found;
    if (nowMs >= caller.endsMs) return refused(caller.actor, "the token has expired");
    return { kind: "known", caller };
  }

  /** Compares with every token, even after a match, so that the time reveals nothing. */
  #find(hash: Buffer): KnownToken | null {
    let found: KnownToken | null = null;
    for (const token of this.#tokens) {
      if (timingSafeEqual(token.hash, hash)) found = token;
    }
    return found;
  }
}

function knownToken(token: ApiToken): KnownToken {
  const hash = Buffer.from(token.sha256, "hex");
  const endsMs = Date.parse(token.expires);
  if (hash.length !== 32) throw new Error(`the sha256 of token "${token.name}" is not 64 hex digits`);
  if (Number.isNaN(endsMs)) throw new Error(`token "${token.name}" has no valid expires`);
  const namespaces = token.namespaces.includes("*") ? "all" : new Set(token.namespaces);
  const grants = [{ scopes: new Set(token.scopes), namespaces }] as const;
  return { hash, caller: { actor: token.name, grants, provedMs: null, mail: null, endsMs } };
}

function refused(actor: string, reason: string): Authentication {
  return { kind: "refused", actor, reason };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
