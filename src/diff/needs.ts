import { permissionRows, type RolePermissions } from "../iam/delta.ts";
import { actionReaches, resourceReaches } from "../iam/reach.ts";
import type { PermissionRow } from "../model/delta.ts";
import type { FunctionNeeds } from "../model/live.ts";

/** What the Lambda service does with the function's own role. */
export interface UnmetNeed {
  readonly what: string;
  /** The grant that gives it, as it is written in a manifest. */
  readonly grant: string;
}

interface Need extends UnmetNeed {
  readonly actions: readonly string[];
  /** null: the resource can't be told from the configuration. */
  readonly resource: string | null;
}

const VPC_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DeleteNetworkInterface",
];

/** What the function's configuration asks of its role and these permissions do not give. */
export function unmetNeeds(needs: FunctionNeeds, role: RolePermissions): readonly UnmetNeed[] {
  const wanted = needsOf(needs);
  if (wanted.length === 0) return [];
  const rows = permissionRows(role);
  return wanted
    .filter((need) => !need.actions.every((action) => isGiven(action, need.resource, rows)))
    .map(({ what, grant }) => ({ what, grant }));
}

function needsOf(needs: FunctionNeeds): readonly Need[] {
  const found: Need[] = [];
  if (needs.vpc) {
    found.push({
      what: "network interfaces of its VPC",
      grant: "vpc: true",
      actions: VPC_ACTIONS,
      resource: null,
    });
  }
  if (needs.tracing) {
    found.push({
      what: "tracing",
      grant: "tracing: true",
      actions: ["xray:PutTraceSegments"],
      resource: null,
    });
  }
  if (needs.deadLetterArn !== null) found.push(deadLetterNeed(needs.deadLetterArn));
  if (needs.fileSystemArns.length > 0) {
    const action = "elasticfilesystem:ClientMount";
    const grant = `a statement that allows ${action}`;
    found.push({ what: "its file system", grant, actions: [action], resource: null });
  }
  if (needs.kmsKeyArn !== null) {
    const grant = `kms: {key: "${needs.kmsKeyArn}", allow: [decrypt]}`;
    found.push({
      what: "the key of its environment",
      grant,
      actions: ["kms:Decrypt"],
      resource: needs.kmsKeyArn,
    });
  }
  return found;
}

function deadLetterNeed(arn: string): Need {
  const isTopic = arn.split(":")[2] === "sns";
  const what = "its dead-letter queue";
  if (isTopic) {
    return {
      what,
      grant: `sns: {topic: "${arn}", allow: [publish]}`,
      actions: ["sns:Publish"],
      resource: arn,
    };
  }
  return {
    what,
    grant: `sqs: {queue: "${arn}", allow: [send]}`,
    actions: ["sqs:SendMessage"],
    resource: arn,
  };
}

/** By some Allow of the role and, where there is one, of its boundary. Conditions are taken to hold, a Deny under one not to. */
function isGiven(action: string, resource: string | null, rows: readonly PermissionRow[]): boolean {
  const speaks = (row: PermissionRow): boolean =>
    row.action !== "unknown" &&
    actionReaches(row.action, action) &&
    (resource === null || resourceReaches(row.resource, resource));
  const reaching = rows.filter(speaks);
  if (reaching.some((row) => row.effect === "Deny" && row.condition === "")) return false;
  const allowing = reaching.filter((row) => row.effect === "Allow");
  const bounded = rows.some((row) => row.from === "boundary");
  const inBoundary = (row: PermissionRow): boolean => row.from === "boundary";
  if (bounded && !allowing.some(inBoundary)) return false;
  return allowing.some((row) => !inBoundary(row));
}
