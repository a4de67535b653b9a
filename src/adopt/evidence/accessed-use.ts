import { dayOf } from "../../model/values/duration.ts";
import { unreadText, type EstatePart } from "../estate/estate.ts";
import { confidenceOf, DAY_MS, isNeededByOthers, type ActionParts, type ActionUse } from "./action-use.ts";
import type { RoleAccess, ServiceAccess } from "../estate/role-access.ts";

/** A role that the function runs on, in $LATEST or in a published version. */
export interface ObservedRole {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  /** How many functions of the account run on it; null: not known. */
  readonly functions: number | null;
  /** Null: never within the tracking period; `unknown`: not read. */
  readonly lastUsedAtMs: number | null | "unknown";
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html */
const TRACKED_DAYS = 400;

/**
 * What IAM's report of one role shows about an action. A service without an attempt shows it for all of its actions, data
 * events included. A single action is known only if the report lists it.
 */
export function useByReport(
  action: ActionParts,
  role: ObservedRole,
  access: EstatePart<RoleAccess>,
): ActionUse {
  if (access.kind === "unknown")
    return {
      kind: "unknown",
      because: `the report of role ${role.name} was not read: ${unreadText(access)}`,
    };
  if (isNeededByOthers(action))
    return { kind: "unknown", because: "other calls need it, and IAM does not report that" };
  const service = access.value.services.get(action.service);
  if (service === undefined)
    return {
      kind: "unknown",
      because: `the report of role ${role.name} does not cover the service ${action.service}`,
    };
  const at = { role, reportedAtMs: access.value.reportedAtMs };
  if (service.lastAtMs !== null) return useInService(action, service, at);
  const what = `the service ${action.service} was not accessed by role ${role.name}`;
  return notSeen({ what, granularity: "service" }, at);
}

interface ServiceAccessReport {
  readonly role: ObservedRole;
  readonly reportedAtMs: number;
}

function useInService(
  { service, name, isPattern }: ActionParts,
  { lastAtMs, actions }: ServiceAccess,
  at: ServiceAccessReport,
): ActionUse {
  const day = dayOf(lastAtMs ?? 0);
  if (isPattern)
    return {
      kind: "unknown",
      because: `it names several actions of ${service}, which was accessed on ${day}`,
    };
  const last = actions.get(name);
  if (last === undefined)
    return {
      kind: "unknown",
      because: `IAM does not report this action, and ${service} was accessed on ${day}`,
    };
  if (last !== null) return attempted(last, at.role);
  return notSeen({ what: `role ${at.role.name} did not attempt it`, granularity: "action" }, at);
}

/** On a shared role, only the sessions of CloudTrail show which function it was. */
function attempted(lastAtMs: number, { name, functions }: ObservedRole): ActionUse {
  const because = `role ${name} attempted it on ${dayOf(lastAtMs)}`;
  if (functions === null)
    return { kind: "unknown", because: `${because}, and whether other functions have it is not known` };
  if (functions <= 1) return { kind: "used", lastAtMs, because };
  return { kind: "unknown", because: `${because}, for one of its ${functions} functions` };
}

/** No role was observed for longer than it exists, and a role that nothing uses shows no use of anything. */
function notSeen(
  { what, granularity }: { readonly what: string; readonly granularity: "service" | "action" },
  { role, reportedAtMs }: ServiceAccessReport,
): ActionUse {
  const age = Math.floor((reportedAtMs - role.createdAtMs) / DAY_MS);
  if (age < 1)
    return { kind: "unknown", because: `no evidence yet: role ${role.name} is younger than a day` };
  const days = Math.min(TRACKED_DAYS, age);
  const because = `${what} in ${days} days, by IAM's last accessed report`;
  if (typeof role.lastUsedAtMs === "number")
    return { kind: "not-seen", days, granularity, confidence: confidenceOf(days), because };
  const why =
    role.lastUsedAtMs === null ? "the role itself was not used" : "the use of the role is not known";
  return { kind: "not-seen", days, granularity, confidence: "weak", because: `${because}; ${why}` };
}
