import { statementInId } from "../../model/aws/arns/statement-id.ts";
import { callerSidPrefix } from "../../iam/compare/sid.ts";
import { functionArn, functionInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { liveFunction, type LiveFunction } from "../../model/live.ts";
import { joinedLists } from "../../model/values/lists.ts";
import { sortedSet } from "../../text/order.ts";
import { documentContext } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, driftOf } from "../drift/drift.ts";
import { ownerOf } from "../drift/ownership.ts";
import { extraStatement } from "./callers.ts";
import { describeStatement, readStatements } from "./statements.ts";

interface FormerStatements {
  readonly drifts: readonly Drift[];
  readonly unread: readonly string[];
}

const NONE: FormerStatements = { drifts: [], unread: [] };

/**
 * The functions on which this key has, or may have, statements from before its manifest named another function: those
 * of the inventory, and the function that was applied. Sorted.
 */
export function formerFunctions(
  { functionName }: Pick<DesiredBinding, "functionName">,
  record: KeyRecord | null,
): readonly string[] {
  const applied = appliedBinding({ record });
  const ofApplied =
    applied === null || applied.released === true || applied.callers.length === 0
      ? []
      : [applied.functionName];
  const ofInventory = recordedPlaces(record).map(({ name }) => name);
  return sortedSet([...ofApplied, ...ofInventory].filter((name) => name !== functionName));
}

/**
 * Our statements on functions that the manifest named before. They let callers in that Git no longer declares, so they
 * are drift, unless `deletionPolicy: retain` keeps them. A function that was deleted has none.
 */
export function diffFormerFunctions(binding: DesiredBinding, context: DiffContext): FormerStatements {
  if (binding.deletionPolicy === "retain") return NONE;
  const all = formerFunctions(binding, context.record).map((name): FormerStatements => {
    const found = liveFunction(context.live, binding.region, name);
    if (found.kind === "absent") return NONE;
    if (found.kind === "unknown")
      return { drifts: [], unread: [`the former function ${name}: ${found.reason}`] };
    return statementsOn(found.value, binding, context);
  });
  return {
    drifts: joinedLists(...all.map(({ drifts }) => drifts)),
    unread: joinedLists(...all.map(({ unread }) => unread)),
  };
}

function statementsOn(found: LiveFunction, binding: DesiredBinding, context: DiffContext): FormerStatements {
  const dialect = documentContext(binding, "resource");
  const prefix = callerSidPrefix(context.instance, ownerOf(binding));
  const all = qualifiersOf(found, context.record).map((name): FormerStatements => {
    const qualifier = name === "" ? null : name;
    const subject = functionArn(binding, found.name, qualifier);
    const reading = readStatements(found.policies.get(name), dialect);
    if (reading.kind === "unread") return { drifts: [], unread: [`${subject}: ${reading.reason}`] };
    const statements = reading.members.map((member) => describeStatement(member, prefix, dialect));
    const drifts = statements.flatMap((statement) => {
      const { sid, ours } = statement;
      if (!ours || sid === null) return [];
      const difference = extraStatement(statement, { binding, qualifier, subject, context, dialect });
      // Only a change in Git makes a function a former one.
      const change = { kind: "former-statement", qualifier, sid } as const;
      return [driftOf(binding.key, { ...difference, change, unchangedInGit: false }, context)];
    });
    return { drifts, unread: [] };
  });
  return {
    drifts: joinedLists(...all.map(({ drifts }) => drifts)),
    unread: joinedLists(...all.map(({ unread }) => unread)),
  };
}

/** Those that were read, and those on which the inventory has statements; "" for the function itself. */
function qualifiersOf({ name, policies }: LiveFunction, record: KeyRecord | null): readonly string[] {
  const known = recordedPlaces(record).flatMap((place) =>
    place.name === name ? [place.qualifier ?? ""] : [],
  );
  return sortedSet(["", ...policies.keys(), ...known]);
}

/** Where the inventory has statements. */
function recordedPlaces(record: KeyRecord | null): readonly NonNullable<ReturnType<typeof functionInArn>>[] {
  return (record?.inventory ?? []).flatMap(({ type, id }) => {
    const found = type === "statement" ? statementInId(id) : null;
    return (found && functionInArn(found.arn)) ?? [];
  });
}
