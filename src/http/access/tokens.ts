import { createHash, timingSafeEqual } from "node:crypto";
import type { ApiToken, TokenScope } from "../../model/values/api-token.ts";
import type { Access } from "./access.ts";

interface KnownToken {
  readonly hash: Buffer;
  readonly expiresMs: number;
  readonly access: Access;
}

export type Authentication =
  | { readonly kind: "known"; readonly access: Access }
  | { readonly kind: "refused"; readonly actor: string; readonly reason: string };

const ANONYMOUS = "anonymous";
const ALL_SCOPES: readonly TokenScope[] = ["read", "reconcile", "suspend", "approve"];

export class TokenTable {
  readonly #tokens: readonly KnownToken[];

  /** @param localToken the token in the state directory: a user who can read that file may do everything, as `local` */
  constructor(tokens: readonly ApiToken[], localToken: string) {
    if (localToken.length < 32) throw new Error("the local token is too short to be a secret");
    const local = {
      hash: sha256(localToken),
      expiresMs: Number.POSITIVE_INFINITY,
      access: { actor: "local", scopes: new Set(ALL_SCOPES), namespaces: "all" },
    } as const;
    this.#tokens = [local, ...tokens.map(knownToken)];
  }

  authenticate(authorization: string | undefined, nowMs: number): Authentication {
    if (authorization === undefined) return refused(ANONYMOUS, "expected Authorization: Bearer TOKEN");
    const presented = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
    if (presented === undefined) return refused(ANONYMOUS, "expected Authorization: Bearer TOKEN");
    const found = this.#find(sha256(presented));
    if (found === null) return refused(ANONYMOUS, "unknown token");
    if (nowMs >= found.expiresMs) return refused(found.access.actor, "the token has expired");
    return { kind: "known", access: found.access };
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
  const expiresMs = Date.parse(token.expires);
  if (hash.length !== 32) throw new Error(`the sha256 of token "${token.name}" is not 64 hex digits`);
  if (Number.isNaN(expiresMs)) throw new Error(`token "${token.name}" has no valid expires`);
  const namespaces = token.namespaces.includes("*") ? "all" : new Set(token.namespaces);
  return { hash, expiresMs, access: { actor: token.name, scopes: new Set(token.scopes), namespaces } };
}

function refused(actor: string, reason: string): Authentication {
  return { kind: "refused", actor, reason };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
