import type { Member, NormalStatement } from "../document.ts";
import { isEverything, isEntireService } from "../match/wildcard.ts";

/** `admin`: every action on every resource. `wildcard`: all actions of a service, or all but some. */
export type IdentityRisk = "admin" | "wildcard";

/** The risk of a statement of an identity policy; null: neither, or it is not understood, which the caller reports. */
export function identityRisk(member: Member): IdentityRisk | null {
  if (member.kind === "opaque" || member.effect === "Deny") return null;
  if (isAdmin(member)) return "admin";
  return member.actions.negated || member.actions.values.some(isEntireService) ? "wildcard" : null;
}

function isAdmin({ actions, resources, conditions }: NormalStatement): boolean {
  if (conditions.length > 0 || actions.negated || resources === null || resources.negated) return false;
  return actions.values.some((action) => /^\*+(:\*+)?$/.test(action)) && resources.values.some(isEverything);
}
