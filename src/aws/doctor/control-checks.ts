import {
  controlFindings,
  type ControlFinding,
  type ControlLevel,
} from "../../iam/evaluate/service-control.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { OPTIONAL_ACTIONS } from "../../model/aws/own-roles.ts";
import { sortedSet } from "../../text/order.ts";
import { counted, someOf } from "../../text/phrases.ts";
import type { Identity } from "../calls/calls.ts";
import type { AttachedControl } from "../organizations/service-control.ts";
import type { ControlRequest } from "./control-requests.ts";
import type { Probe } from "../../model/answers/probe.ts";

/** The calls of one identity, and the policies of one type that apply to them. */
export interface ControlledRole {
  readonly identity: Identity;
  /** Of the identity: the condition that excludes it from a Deny names it. */
  readonly roleArn: string;
  readonly regions: readonly string[];
  readonly type: "service control" | "resource control";
  readonly levels: readonly ControlLevel[];
}

export function controlLevels(
  levels: readonly AttachedControl[],
  { partition, id: accountId }: Pick<DesiredAccount, "partition" | "id">,
  type: ControlledRole["type"],
): readonly ControlLevel[] {
  // A resource control policy names its principals, and these are always all.
  const dialect = type === "service control" ? "identity" : "resource";
  return levels.map(({ id, policies }): ControlLevel => {
    const attached = policies.map((policy): AttachedPolicy => {
      const from = `${policy.id} "${policy.name}"`;
      return attachedPolicy({ from, text: policy.text }, { dialect, partition, accountId });
    });
    return { id, policies: attached };
  });
}

/** The calls that one statement denies, or one level does not allow. */
interface DeniedRequests {
  readonly finding: ControlFinding;
  readonly calls: ControlRequest[];
}

/** One check for each denial; one that passes if there is none. */
export function identityChecks(
  examined: ControlledRole,
  requests: readonly ControlRequest[],
): readonly Probe[] {
  const denied = new Map<string, DeniedRequests>();
  for (const call of requests)
    for (const finding of controlFindings(call.request, examined.levels)) {
      const key = JSON.stringify(finding);
      const known = denied.get(key);
      if (known === undefined) denied.set(key, { finding, calls: [call] });
      else known.calls.push(call);
    }
  if (denied.size > 0) return [...denied.values()].map((one) => deniedCheck(one, examined));
  const { identity, levels, type } = examined;
  const count = new Set(levels.flatMap(({ policies }) => policies.map(({ from }) => from))).size;
  const places = levels.map(({ id }) => id).join(", ");
  const detail = `${counted(count, "policy", "policies")} of ${places}: no call is denied`;
  return [{ identity, region: null, what: `${type} policies`, outcome: "passed", detail }];
}

function deniedCheck({ finding, calls }: DeniedRequests, examined: ControlledRole): Probe {
  const { by, level, doubt } = finding;
  const { identity, roleArn, regions, levels, type } = examined;
  const isOptional = calls.every(({ request }) => OPTIONAL_ACTIONS.has(request.action.toLowerCase()));
  const outcome = doubt !== null || isOptional ? "warning" : "failed";
  const about = { identity, region: null, outcome } as const;
  const denied = `${callsText(calls, regions)}${doubt === null ? "" : `: ${doubt}`}`;
  if (by === null) {
    const there = levels.filter(({ id }) => id === level).flatMap(({ policies }) => policies);
    const none = `none of ${there.map(({ from }) => from).join(", ")}`;
    const verb = doubt === null ? "allows" : "certainly allows";
    const detail = `${none} ${verb} ${denied}; allow it in a policy that is attached to ${level}`;
    return { ...about, what: `${type} policies of ${level}`, detail };
  }
  const spared = JSON.stringify({ ArnNotLike: { "aws:PrincipalArn": roleArn } });
  const verb = doubt === null ? "denies" : "may deny";
  const fix = `exclude the ${identity === "base" ? "base role" : identity} from the Deny: ${spared}`;
  const detail = `${by.sid ?? "a statement"}, attached to ${level}, ${verb} ${denied}; ${fix}`;
  return { ...about, what: `${type} policy ${by.policy}`, detail };
}

/** `iam:GetRole, lambda:GetPolicy in eu-west-1`; with the objects, if it is about declared ones alone. */
function callsText(calls: readonly ControlRequest[], regions: readonly string[]): string {
  const general = calls.filter(({ object }) => object === null);
  const shown = general.length > 0 ? general : calls;
  const actions = sortedSet(shown.map(({ request }) => request.action)).join(", ");
  const places = sortedSet(shown.flatMap(({ region }) => region ?? []));
  const where = places.length === 0 || places.length === regions.length ? "" : ` in ${places.join(", ")}`;
  const objects = sortedSet(shown.flatMap(({ object }) => object ?? []));
  return `${actions}${objects.length === 0 ? "" : ` on ${someOf(objects)}`}${where}`;
}
