import { describeStatement, readStatements, satisfying } from "../../diff/callers/statements.ts";
import { formerFunctions } from "../../diff/callers/former.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { callerSidPrefix, isOtherOwnersSid } from "../../iam/compare/sid.ts";
import { byText } from "../../text/order.ts";
import { functionArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { liveFunction, type LiveFunction } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";
import { withheldOf } from "../inputs/withheld.ts";
import { DELETION, draftOf, EMPTY_PART, joinParts, withheldPart, type Part } from "../order/draft.ts";
import { mayClaim } from "../../iam/names/name-pattern.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { ownerText } from "../../model/keys/key.ts";
import type { Withheld } from "../../model/plan.ts";

/**
 * Statements that carry this owner's Sid, on every qualifier that was read, of the function and of those that the manifest
 * named before.
 */
export function removeStatements(binding: DesiredBinding, context: PlanContext): Part {
  const names = [binding.functionName, ...formerFunctions(binding, context.record)];
  return joinParts(
    names.flatMap((name) => {
      const found = liveFunction(context.live, binding.region, name);
      if (found.kind !== "present") return [];
      return [...found.value.policies.keys()]
        .sort(byText)
        .map((qualifier) => removeFrom({ binding, found: found.value, qualifier }, context));
    }),
  );
}

function removeFrom(place: RemovalPlace, context: PlanContext): Part {
  const { binding, found, qualifier } = place;
  const dialect = documentContext(binding, "resource");
  const reading = readStatements(found.policies.get(qualifier), dialect);
  if (reading.kind === "unread") return EMPTY_PART;
  const prefix = callerSidPrefix(context.instance, ownerOf(binding));
  const ours = reading.members
    .map((member) => describeStatement(member, prefix, dialect))
    .filter((statement) => statement.ours);
  const at = qualifier === "" ? null : qualifier;
  const target = functionArn(binding, found.name, at);
  const kept = ours.length === 0 ? null : keptFor(place, context);
  if (kept !== null) {
    const reason = `its statements on ${found.name} are kept: ${kept.reason}`;
    return withheldPart(withheldOf(target)(kept.kind, reason, kept.fix));
  }
  const drafts = ours.map(({ sid, text }) =>
    draftOf({
      ...DELETION,
      call: "lambda:RemovePermission",
      input: removalInput({ functionName: found.name }, sid ?? "", at),
      target,
      before: text,
      notBeforeMs: replacedUntilMs(target, context),
    }),
  );
  return { ...EMPTY_PART, drafts };
}

export function removalInput(
  { functionName }: Pick<DesiredBinding, "functionName">,
  sid: string,
  qualifier: string | null,
): JsonObject {
  const named = { FunctionName: functionName, StatementId: sid };
  return qualifier === null ? named : { ...named, Qualifier: qualifier };
}

/** A function and one of its qualifiers, "" for the unqualified function, whose statements of a binding are to be removed. */
interface RemovalPlace {
  readonly binding: DesiredBinding;
  readonly found: LiveFunction;
  readonly qualifier: string;
}

interface KeptFor {
  /** `dependency`: the other manifest does not get its own statement by itself. */
  readonly kind: Extract<Withheld["kind"], "waiting" | "dependency">;
  readonly reason: string;
  readonly fix: string | null;
}

/**
 * For the first other manifest that declares the function while only statements of other manifests, such as ours, allow
 * one of its callers: it took the function over, and has not added its own statement yet. Removing ours would stop calls
 * that Git declares. null: there is none. A statement of a third manifest does not count, since it may be removed at the
 * same time.
 */
export function keptFor(place: RemovalPlace, context: PlanContext): KeptFor | null {
  const relying = otherClaims(place, context)
    .filter((other) => reliesOn(other, place, context))
    .sort(byKeyOf);
  const { name } = place.found;
  const [first] = relying;
  if (first === undefined) return null;
  const [stuck] = relying.flatMap((other) => stuckAt(name, other, context.records.get(other.key)) ?? []);
  const reason = `${ownerText(first.key)} declares ${name}, and its own statement is not there yet`;
  return stuck ?? { kind: "waiting", reason, fix: null };
}

function byKeyOf(a: DesiredBinding, b: DesiredBinding): number {
  return byText(a.key, b.key);
}

function reliesOn(other: DesiredBinding, place: RemovalPlace, { instance }: PlanContext): boolean {
  const { binding, found, qualifier } = place;
  const callers = other.callers.filter((caller) => (caller.qualifier ?? "") === qualifier);
  if (callers.length === 0) return false;
  const dialect = documentContext(binding, "resource");
  const reading = readStatements(found.policies.get(qualifier), dialect);
  if (reading.kind === "unread") return true;
  const prefix = callerSidPrefix(instance, ownerOf(other));
  const lasting = reading.members.filter(({ sid }) => sid === null || !isOtherOwnersSid(sid, prefix));
  return callers.some((caller) => satisfying(caller, lasting, dialect) === undefined);
}

/**
 * Why the manifest does not get its own statement without a change or a decision of people; null: it will. Its statement
 * is needed all the same, so ours is kept, and an operator sees for whom.
 */
function stuckAt(name: string, { key, mode }: DesiredBinding, record: KeyRecord | undefined): KeptFor | null {
  const owner = ownerText(key);
  const stuck = (state: string, fix: string): KeptFor => ({
    kind: "dependency",
    reason: `${owner} declares ${name} and has no statement of its own there: ${state}`,
    fix: `${fix}, or remove its callers of ${name}`,
  });
  if (mode === "observe") return stuck("it is in observe mode", `set mode: enforce in ${owner}`);
  const ready = record?.status?.conditions.find(({ type }) => type === "Ready");
  if (ready?.status !== "False") return null;
  return stuck(`its Ready is ${ready.reason}`, `see what it needs with grantkeeper describe ${owner}`);
}

/**
 * Until when a removal waits for the statements that another key has added there: a removal may be seen before the
 * addition that replaces it.
 */
export function replacedUntilMs(target: string, { writes, account }: PlanContext): number {
  const added = (writes.byTarget.get(target) ?? []).filter(({ call }) => call === "lambda:AddPermission");
  return added.reduce((last, { atMs }) => Math.max(last, atMs + account.propagationWaitMs), 0);
}

/**
 * Declared now, or applied before its manifest had an error; a key that left Git relies on nothing. A claim that its Team
 * does not allow never gets a statement: it would keep ours for ever.
 */
function otherClaims(
  { binding, found }: RemovalPlace,
  { desired, records }: PlanContext,
): readonly DesiredBinding[] {
  const applied = [...records.values()].flatMap(({ applied, unbinding }) =>
    unbinding === null && applied?.desired.kind === "binding" ? [applied.desired.binding] : [],
  );
  const declared = [...desired.bindings.values()].filter((other) => !isForbidden(other, desired));
  return [...declared, ...applied].filter(
    (other) =>
      other.key !== binding.key &&
      other.functionName === found.name &&
      other.region === binding.region &&
      other.accountId === binding.accountId &&
      other.released !== true,
  );
}

/** Certainly not allowed by its Team: one that cannot be read may allow it. */
function isForbidden(
  binding: DesiredBinding,
  { teams, tenancy }: Pick<PlanContext["desired"], "teams" | "tenancy">,
): boolean {
  if (tenancy.kind === "unknown" || teams.get(binding.namespace)?.kind === "broken") return false;
  return !mayClaim(binding, { teams, tenancy });
}
