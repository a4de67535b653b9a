import { matchesPattern } from "../../iam/match/wildcard.ts";
import { arnParts, nameInArn, roleInArn, sessionInArn } from "../../model/aws/arn.ts";
import { byTextOf } from "../../text/order.ts";
import { textsIn, type PlacedPolicy } from "./policy-texts.ts";

/** A role that functions leave, and the one that takes its place. */
export interface LeftRole {
  readonly from: string;
  readonly to: string;
  /** `AROA…`; null: the role was not read. */
  readonly roleId: string | null;
}

/** Policies that name a role which functions leave: each must name the new role before they switch. */
export interface RoleMention {
  readonly role: string;
  /** Sorted. */
  readonly places: readonly string[];
}

/** Sorted by role. A pattern that matches the old role and the new one needs no change. */
export function roleMentions(
  left: readonly LeftRole[],
  policies: readonly PlacedPolicy[],
): readonly RoleMention[] {
  const texts = roleTexts(policies);
  const patterns = [...texts.keys()].filter((text) => /[*?]/.test(text));
  const byRole = Map.groupBy(left, ({ from }) => from);
  return [...byRole]
    .flatMap(([role, switches]): RoleMention[] => {
      const exact = [role, nameInSession(role), switches[0]?.roleId ?? null].filter((text) => text !== null);
      const open = patterns.filter(
        (pattern) => matchesPattern(pattern, role) && switches.some(({ to }) => !matchesPattern(pattern, to)),
      );
      const places = [...exact, ...open].flatMap((text) => [...(texts.get(text) ?? [])]);
      return places.length === 0 ? [] : [{ role, places: [...new Set(places)].sort() }];
    })
    .toSorted(byTextOf(({ role }) => role));
}

/** `sts:111122223333:orders`: how the sessions of a role name it, without its path. */
function nameInSession(roleArn: string): string {
  return `sts:${arnParts(roleArn).accountId}:${nameInArn(roleArn)}`;
}

/** The places of each text that may name a role: its ARN, its unique id, or the name in the ARN of a session. */
function roleTexts(policies: readonly PlacedPolicy[]): ReadonlyMap<string, ReadonlySet<string>> {
  const texts = new Map<string, Set<string>>();
  for (const { place, text } of policies)
    for (const one of textsIn(text)) {
      const name = roleText(one);
      if (name !== null) texts.set(name, (texts.get(name) ?? new Set()).add(place));
    }
  return texts;
}

/** null for a text that names no role. `AROA…:SESSION` is a session by the id of its role. */
function roleText(text: string): string | null {
  if (text.startsWith("AROA")) return text.replace(/:.*$/s, "");
  if (roleInArn(text) !== null) return text;
  const session = sessionInArn(text);
  return session === null ? null : `sts:${session.accountId}:${session.role}`;
}
