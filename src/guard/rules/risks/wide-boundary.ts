import { permissionRows } from "../../../iam/compare/delta.ts";
import { isOpenResource } from "../../../iam/match/reach.ts";
import type { ListedAction } from "../../../iam/risk/listed-actions.ts";
import { riskyActions } from "../../../iam/risk/row-risk.ts";
import { shortNames } from "../../../iam/row-text.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { DesiredPolicy } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { sortedSet } from "../../../text/order.ts";
import { someOf } from "../../../text/phrases.ts";
import { type GuardContext, judgedContext, originBySid } from "../../context/context.ts";
import { isTargetAction } from "./targets.ts";
import { deniedBy } from "./closed.ts";
import { isControlAction } from "./control.ts";
import { hasEffect } from "./listed.ts";
import type { Breach } from "../breach.ts";

/**
 * BND-004: actions that no role may have on any resource, and yet the boundary allows them. What is usual on a named
 * resource (one database user, the data of one bucket, the own table) passes: a boundary is for all functions and names
 * none of their resources. Every declared boundary has a document, so that this needs no live state.
 */
export function letsThrough(policy: DesiredPolicy, context: GuardContext): readonly Breach[] {
  if (policy.use !== "boundary") return [];
  const { document, origin } = policy;
  const rows = permissionRows(
    {
      documents: [
        {
          from: { kind: "boundary" },
          text: context.roleChecks.texts.of(document),
          origin: originBySid(document, origin),
        },
      ],
      boundary: null,
      context: judgedContext(policy),
    },
    context.comparer,
  );
  const isDenied = deniedBy(rows);
  const found = rows
    .filter((row) => row.effect === "Allow" && row.risk !== "none")
    .map((row) => ({
      row,
      entries: neverAllowed(row).filter(
        ({ action }) => !isDenied(action, row) && hasEffect(action, row, context.actionData),
      ),
    }))
    .filter(({ entries }) => entries.length > 0);
  const byStatement = Map.groupBy(found, ({ row: { sid, origin: at } }) => JSON.stringify([sid, at]));
  return [...byStatement.values()].map((members) => breachOf(members, policy));
}

const ONE_RESOURCE: PermissionRow["resource"] = { kind: "one", name: "arn:aws:service:region:account:one" };

/** The platform's lists decide about roles to assume or to pass and about resources to run code in. */
function neverAllowed(row: PermissionRow): readonly ListedAction[] {
  const anyRole = isOpenResource(row.resource)
    ? riskyActions(row).filter(({ action }) => isTargetAction(action))
    : [];
  const onOne = riskyActions({ action: row.action, resource: ONE_RESOURCE }).filter(
    ({ action, on }) => on === "any" && !isTargetAction(action) && !isControlAction(action),
  );
  return [...anyRole, ...onOne];
}

interface ListedRow {
  readonly row: PermissionRow;
  readonly entries: readonly ListedAction[];
}

function breachOf(members: readonly ListedRow[], { origin }: DesiredPolicy): Breach {
  const entries = members.flatMap((member) => member.entries);
  const risks = RISKS.filter((risk) => entries.some((entry) => entry.risk === risk));
  // The worst first: a message names few of them.
  const actions = risks.flatMap((risk) =>
    sortedSet(entries.filter((entry) => entry.risk === risk).map(({ action }) => action)),
  );
  const patterns = sortedSet(members.map(({ row }) => shortNames(row.action)));
  return {
    rule: "BND-004",
    severity: "full",
    origin: members[0]?.row.origin ?? origin,
    evidence: canonicalText({ Action: patterns }),
    why: `the boundary lets through ${someOf(actions)}: ${risks.join(", ")}`,
    fix: fixOf(actions, patterns),
  };
}

const RISKS: readonly ListedAction["risk"][] = ["escalation", "credential", "exposure", "tamper"];

/** More than these are better left out than denied one by one. */
const DENIED_AT_MOST = 12;

function fixOf(actions: readonly string[], patterns: readonly string[]): string {
  if (actions.length > DENIED_AT_MOST)
    return `list the actions that functions call, instead of ${someOf(patterns)}`;
  return `add {Effect: Deny, Action: [${actions.map((action) => JSON.stringify(action)).join(", ")}], Resource: "*"}`;
}
