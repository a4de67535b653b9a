import type { Diagnostic } from "../model/diagnostic.ts";
import type { Key } from "../model/key.ts";
import { formatOrigin, type Origin } from "../model/origin.ts";
import { compareText, errorAt } from "./diagnostics.ts";

/** A binding's hold on a function and a role; also of one that is invalid: what it applied before stays. */
export interface Claim {
  readonly key: Key;
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly binding: string;
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly roleName: string;
  readonly origin: Origin;
}

/** Per key, the claims that it shares with another: neither is applied until one gives way. */
export function findConflicts(claims: readonly Claim[]): ReadonlyMap<Key, readonly Diagnostic[]> {
  const conflicts = new Map<Key, Diagnostic[]>();
  const add = (what: (claim: Claim) => string, sharing: readonly Claim[]): void => {
    for (const claim of sharing) {
      const others = sharing
        .filter((other) => other !== claim)
        .sort((a, b) => compareText(a.binding, b.binding));
      const names = others.map((other) => `${other.binding} (${formatOrigin(other.origin)})`).join(", ");
      const message = `${what(claim)} of ${claim.binding} is also claimed by ${names}`;
      const mend = "keep one of them; until then neither is applied and what was applied before stays";
      const conflict = errorAt(claim.origin, "duplicate-claim", message, mend);
      conflicts.set(claim.key, [...(conflicts.get(claim.key) ?? []), conflict]);
    }
  };
  // IAM's role names are unique in an account without regard to case; Lambda's are exact.
  for (const sharing of shared(claims, (claim) => `${claim.accountId}/${claim.roleName.toLowerCase()}`)) {
    add(({ roleName }) => `role ${roleName}`, sharing);
  }
  for (const sharing of shared(
    claims,
    (claim) => `${claim.accountId}/${claim.region}/${claim.functionName}`,
  )) {
    add(({ functionName }) => `function ${functionName}`, sharing);
  }
  return conflicts;
}

function shared(claims: readonly Claim[], identity: (claim: Claim) => string): readonly (readonly Claim[])[] {
  const first = new Map<string, Claim>();
  const several = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = identity(claim);
    const other = first.get(key);
    if (other === undefined) first.set(key, claim);
    else several.set(key, [...(several.get(key) ?? [other]), claim]);
  }
  return [...several.values()];
}
