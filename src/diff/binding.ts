import { functionArn } from "../model/aws/arn.ts";
import type { DesiredBinding } from "../model/desired.ts";
import type { InventoryItem } from "../model/status.ts";
import { someOf } from "../text/phrases.ts";
import { joinedLists } from "../model/values/lists.ts";
import { liveFunction, liveRole, type LiveFunction } from "../model/live.ts";
import { diffCallers, NO_CALLERS, type CallersComparison } from "./callers/callers.ts";
import { diffFormerFunctions } from "./callers/former.ts";
import type { DiffContext, KeyComparison } from "./drift/context.ts";
import { appliedBinding, sortedDrifts } from "./drift/drift.ts";
import { leftBehindOf, leftBehindText } from "./drift/left-behind.ts";
import { withChangesInAws } from "./drift/made-in-aws.ts";
import { withSinceApplied } from "./drift/since-applied.ts";
import { isAtEdge } from "./function/edge.ts";
import { diffFunctionRole } from "./function/role.ts";
import { unmetNeeds } from "./function/needs.ts";
import { desiredDocuments, rolePermissions } from "./documents/permissions.ts";
import { diffReleased } from "./role/release.ts";
import { diffRole, missingRole } from "./role/role.ts";

/** The differences of a binding's role, statements and function from Git, by meaning. */
export function diffBinding(binding: DesiredBinding, context: DiffContext): KeyComparison {
  const compared = compareBinding(binding, context);
  if (compared.kind === "unknown") return compared;
  const applied = appliedBinding(context);
  // A released binding is compared with almost nothing.
  const compare = (): KeyComparison | null =>
    applied === null || applied.released === true ? null : compareBinding(applied, context);
  const all = [binding.role.arn, functionArn(binding, binding.functionName, null)];
  return withSinceApplied(compared, { compare, objects: binding.released === true ? [] : all }, context);
}

function compareBinding(binding: DesiredBinding, context: DiffContext): KeyComparison {
  if (binding.released === true) return diffReleased(binding, context);
  const role = liveRole(context.live, binding.role.name);
  if (role.kind === "unknown") return role;
  const ofRole =
    role.kind === "present" ? diffRole(binding, role.value, context) : missingRole(binding, context);
  const ofFunction = diffFunction(binding, context);
  const former = diffFormerFunctions(binding, context);
  const found = joinedLists(ofRole.drifts, ofFunction.drifts, former.drifts);
  return {
    kind: "compared",
    drifts: withChangesInAws(sortedDrifts(found), binding, context),
    leftAlone: ofFunction.leftAlone,
    notes: joinedLists(ofRole.notes, ofFunction.notes, formerObjects(binding, context)),
    waitsForFunction: liveFunction(context.live, binding.region, binding.functionName).kind === "absent",
    unread: joinedLists(ofFunction.unread, former.unread),
  };
}

function diffFunction(binding: DesiredBinding, context: DiffContext): CallersComparison {
  const found = liveFunction(context.live, binding.region, binding.functionName);
  if (found.kind === "unknown") return { ...NO_CALLERS, unread: [found.reason] };
  if (found.kind === "absent") return NO_CALLERS;
  const ofRole = diffFunctionRole(binding, found.value, context);
  const callers = diffCallers(binding, found.value, context);
  const atEdge = isAtEdge(binding, found.value, context.live);
  const edge = atEdge ? [`${found.value.name} runs at Lambda@Edge, which is not supported`] : [];
  return {
    drifts: joinedLists(ofRole, callers.drifts),
    leftAlone: callers.leftAlone,
    notes: joinedLists(edge, deployersNotes(binding, found.value, context), callers.notes),
    unread: joinedLists(callers.unread, unreadAliases(found.value)),
  };
}

/** Versions behind an alias run with their own roles: without its aliases, a function is not known to match Git. */
function unreadAliases({ name, aliases, versions }: LiveFunction): readonly string[] {
  const failed = aliases.kind === "unknown" ? aliases : versions.kind === "unknown" ? versions : null;
  return failed === null ? [] : [`the aliases of ${name}: ${failed.reason}`];
}

/** If the function's role is set by its deployment: the role to set there, and the permissions that the role would lack. */
function deployersNotes(
  binding: DesiredBinding,
  found: LiveFunction,
  { live, texts, comparer }: DiffContext,
): readonly string[] {
  if (found.roleArn === binding.role.arn || binding.functionRole === "manage") return [];
  const permissions = rolePermissions(desiredDocuments(binding, texts), { at: binding, live });
  const needs = unmetNeeds(found, permissions, comparer);
  const unchecked =
    "not checked: whether the declared role allows its event source mappings and destinations";
  return [
    `where ${found.name} is deployed, set its role to ${binding.role.arn}`,
    ...needs.map(({ what, hint }) => `the declared role does not allow ${what}: add ${hint}`),
    ...(found.triggers.kind === "unknown" ? [unchecked] : []),
  ];
}

/**
 * If Git declares another role or another function, notes name what was written for the former one and is kept. With
 * `deletionPolicy: delete` the statements on the former function are drift instead.
 */
function formerObjects(binding: DesiredBinding, context: DiffContext): readonly string[] {
  const isDeleted = binding.deletionPolicy === "delete";
  return leftBehindOf(binding, context)
    .filter(({ item }) => !isDeleted || item.type !== "statement")
    .map((each) => `${leftBehindText(each)}${formerHint(each.item, binding, context)}`);
}

/** What still depends on the object, or how it is removed. */
function formerHint({ type, id }: InventoryItem, { region }: DesiredBinding, { live }: DiffContext): string {
  if (type === "statement") return ": deletionPolicy is retain; with delete, Grantkeeper removes it";
  const at = live.regions.get(region);
  const functions = at?.kind === "read" ? [...at.functions.values()] : [];
  const running = functions.filter(({ roleArn }) => roleArn === id).map(({ name }) => name);
  if (type !== "role" || running.length === 0) return "";
  return `: ${someOf(running)} ${running.length === 1 ? "runs" : "run"} on it; before you delete it, set another role there`;
}
