import { Comparer } from "../../iam/compare/comparer.ts";
import { comparableRows, type RolePermissions } from "../../iam/compare/delta.ts";
import { NO_BOUNDARY } from "../../iam/compare/rows/comparable-row.ts";
import { actionReaches, resourceReaches } from "../../iam/match/reach.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { ownLogGroup } from "../../model/aws/log-group.ts";
import type { PermissionRow } from "../../model/delta.ts";
import type { FunctionNeeds, LiveFunction } from "../../model/live.ts";
import { destinationNeed, eventSourceNeeds, inGrants, sendNeed, type Need } from "./trigger-needs.ts";

/** What the Lambda service does with the function's own role. */
export type UnmetNeed = Pick<Need, "what" | "hint">;

const VPC_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DeleteNetworkInterface",
];
const LOG_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** What the function's configuration, and its triggers where they were read, ask of its role and these permissions do not give. */
export function unmetNeeds(
  found: LiveFunction,
  role: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly UnmetNeed[] {
  const rows = comparableRows(role, comparer)
    .filter((row) => row !== NO_BOUNDARY)
    .map(({ permission }) => permission);
  const isGranted = grantedBy(rows);
  const wanted = [...needsOf(found.needs), ...logNeeds(found, isGranted), ...triggerNeeds(found)];
  return wanted
    .filter((need) => !need.actions.every((action) => isGranted(action, need.resource)))
    .map(({ what, hint }) => ({ what, hint }));
}

function triggerNeeds({ triggers }: LiveFunction): readonly Need[] {
  if (triggers.kind !== "present") return [];
  const { eventSources, destinations } = triggers.value;
  return [...eventSources.flatMap(eventSourceNeeds), ...destinations.map(destinationNeed)];
}

/** A role that may write no logs at all was declared so (`logs: false`): then the loss is no oversight. */
function logNeeds({ arn, name, needs }: LiveFunction, isGranted: IsGranted): readonly Need[] {
  if (!LOG_ACTIONS.some((action) => isGranted(action, null))) return [];
  const group = needs.logGroup ?? ownLogGroup(name);
  const { partition, region, accountId } = arnParts(arn);
  return [
    {
      what: `its log group ${group}`,
      hint: `logs: {group: "${group}"}`,
      actions: LOG_ACTIONS,
      resource: `arn:${partition}:logs:${region}:${accountId}:log-group:${group}:log-stream:x`,
    },
  ];
}

function needsOf(needs: FunctionNeeds): readonly Need[] {
  const found: Need[] = [];
  if (needs.vpc) {
    found.push({
      what: "network interfaces of its VPC",
      hint: "vpc: true",
      actions: VPC_ACTIONS,
      resource: null,
    });
  }
  if (needs.tracing) {
    found.push({
      what: "tracing",
      hint: "tracing: true",
      actions: ["xray:PutTraceSegments"],
      resource: null,
    });
  }
  if (needs.deadLetterArn !== null) found.push(sendNeed("its dead-letter queue", needs.deadLetterArn));
  if (needs.fileSystemArns.length > 0) {
    const action = "elasticfilesystem:ClientMount";
    const hint = `a statement that allows ${action}`;
    found.push({ what: "its file system", hint, actions: [action], resource: null });
  }
  if (needs.kmsKeyArn !== null) {
    const hint = inGrants(`kms: {key: "${needs.kmsKeyArn}", allow: [decrypt]}`);
    found.push({
      what: "the key of its environment",
      hint,
      actions: ["kms:Decrypt"],
      resource: needs.kmsKeyArn,
    });
  }
  return found;
}

/** Whether an action is granted, on a resource or (null) on any. */
type IsGranted = (action: string, resource: string | null) => boolean;

/** By some Allow of the role and, where there is one, of its boundary. Conditions are taken to hold, a Deny under one not to. */
function grantedBy(rows: readonly PermissionRow[]): IsGranted {
  const isBounded = rows.some(isOfBoundary);
  const ofAction = new Map<string, readonly PermissionRow[]>();
  return (action, resource) => {
    const withAction = ofAction.get(action) ?? rows.filter((row) => actionReaches(row.action, action));
    ofAction.set(action, withAction);
    const reaching =
      resource === null ? withAction : withAction.filter((row) => resourceReaches(row.resource, resource));
    if (reaching.some((row) => row.effect === "Deny" && row.condition.kind === "none")) return false;
    const allowing = reaching.filter((row) => row.effect === "Allow");
    if (isBounded && !allowing.some(isOfBoundary)) return false;
    return allowing.some((row) => !isOfBoundary(row));
  };
}

function isOfBoundary({ from }: PermissionRow): boolean {
  return from.kind === "boundary";
}
