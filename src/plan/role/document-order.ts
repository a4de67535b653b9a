import { onlyEffect, unionDocument } from "../../iam/read/compose.ts";
import { provedWithin } from "../../iam/compare/containment.ts";
import {
  permissionDelta,
  permissionRows,
  type RolePermissions,
  onlyDocument,
} from "../../iam/compare/delta.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";
import { documentText } from "../../iam/read/print.ts";
import { patternsMeet, resourcesMeet } from "../../iam/match/wildcard.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";
import type { NameSet, PermissionRow } from "../../model/delta.ts";
import { byStep, type PlanStep } from "../order/steps.ts";

/** How the texts of a role's documents are read: its place, and the comparer of the pass, which remembers them. */
export interface DocumentReading {
  readonly context: DocumentContext;
  readonly comparer: Comparer;
}

/** How a role's own document and its other policies are to change. The caller knows a policy by a `Policy`. */
export interface RoleDocumentChange<Policy> extends DocumentReading {
  /** The inline document now and then; null for none. Equal texts: it does not change. */
  readonly from: string | null;
  readonly to: string | null;
  /** Policies to attach; text undefined where it is not known. */
  readonly added: readonly { readonly policy: Policy; readonly text: string | undefined }[];
  /** Policies to detach, and inline policies to delete. */
  readonly removed: readonly { readonly policy: Policy; readonly text: string }[];
}

export type DocumentStep<Policy> = {
  readonly step: PlanStep;
  readonly waitsFor: readonly WriteCall[];
  readonly waitsForPast: readonly WriteCall[];
} & (
  | { readonly kind: "put"; readonly text: string | null; readonly final: boolean }
  | { readonly kind: "add" | "remove"; readonly policy: Policy }
);

/** Writes that add or remove the other policies of a role. */
const OTHER_POLICY_CALLS: readonly WriteCall[] = [
  "iam:AttachRolePolicy",
  "iam:DetachRolePolicy",
  "iam:DeleteRolePolicy",
];
const NO_WAIT = { waitsFor: [], waitsForPast: [] } as const;

/**
 * The order in which, at any moment, everything that both states allow is allowed, and nothing that neither allows:
 * grant, wait, revoke. With a Deny: add the Deny, add the Allow, wait, remove the Allow, remove the Deny, where the
 * inline document has every Deny in between. undefined: the inline document can't be composed with others.
 */
export function orderDocuments<Policy>(
  change: RoleDocumentChange<Policy>,
): readonly DocumentStep<Policy>[] | undefined {
  const changes = change.added.length + change.removed.length;
  if (changes === 0 || !hasDeny(change)) return withoutDeny(change);
  return withDeny(change);
}

function withoutDeny<Policy>(change: RoleDocumentChange<Policy>): readonly DocumentStep<Policy>[] {
  // The final inline document comes before the removals: once all additions are visible it needs no document in between
  // and is written as an addition, and an approval covers what is left only in the order that was approved.
  return [
    ...policySteps("add", change.added),
    ...inlineSteps(change),
    ...policySteps("remove", change.removed),
  ].toSorted(byStep);
}

function policySteps<Policy>(
  kind: "add" | "remove",
  policies: readonly { readonly policy: Policy }[],
  waits: Pick<DocumentStep<Policy>, "waitsFor" | "waitsForPast"> = NO_WAIT,
): readonly DocumentStep<Policy>[] {
  return policies.map(({ policy }) => ({ kind, policy, step: kind, ...waits }));
}

function inlineSteps<Policy>(change: RoleDocumentChange<Policy>): readonly DocumentStep<Policy>[] {
  const { from, to } = change;
  if (from === to) return [];
  const last = { kind: "put", text: to, final: true, waitsFor: [] } as const;
  if (isNarrower(to, from, change)) return [{ ...last, step: "remove", waitsForPast: [] }];
  const both = losesWhatIsAdded(change) ? composed([from, to], change) : undefined;
  if (both !== undefined) {
    const between: DocumentStep<Policy> = { kind: "put", text: both, final: false, step: "add", ...NO_WAIT };
    return [between, { ...last, step: "remove", waitsForPast: [] }];
  }
  return [{ ...last, step: "add", waitsForPast: onlyAdds(from, to, change) ? [] : OTHER_POLICY_CALLS }];
}

/** More pairs of rows than this are taken to have something in common. */
const MAX_PAIRS = 100_000;

/** True when the inline document drops something that an added policy grants: the addition must be visible before. */
function losesWhatIsAdded<Policy>(change: RoleDocumentChange<Policy>): boolean {
  if (change.added.length === 0) return false;
  const { context, comparer } = change;
  const [from, to] = [alone(change.from, context), alone(change.to, context)];
  const lost = permissionDelta(from, to, comparer).noLongerAllowed;
  return change.added.some(({ text }) => {
    if (text === undefined) return lost.length > 0;
    const rows = permissionRows(alone(text, context), comparer);
    if (lost.length * rows.length > MAX_PAIRS) return true;
    return lost.some((row) => rows.some((other) => rowsMeet(row, other)));
  });
}

function alone(text: string | null, context: DocumentContext): RolePermissions {
  return onlyDocument({ from: { kind: "other", name: "document" }, text }, context);
}

function rowsMeet(a: PermissionRow, b: PermissionRow): boolean {
  const actionsMeet = (one: string, other: string): boolean =>
    patternsMeet(one.toLowerCase(), other.toLowerCase());
  return namesMeet(a.action, b.action, actionsMeet) && namesMeet(a.resource, b.resource, resourcesMeet);
}

/** A list is taken to meet everything. */
function namesMeet(a: NameSet, b: NameSet, meet: (a: string, b: string) => boolean): boolean {
  return a.kind !== "one" || b.kind !== "one" || meet(a.name, b.name);
}

function withDeny<Policy>(change: RoleDocumentChange<Policy>): readonly DocumentStep<Policy>[] | undefined {
  const { from, to, added, removed } = change;
  const denials = [
    from,
    to,
    ...added.map(({ text }) => text ?? null),
    ...removed.map(({ text }) => text),
  ].map((text) => denyOf(text, change));
  const denied = composed(denials, change);
  const first = composed([from, denied], change);
  const second = composed([from, to, denied], change);
  if (denied === undefined || first === undefined || second === undefined) return undefined;
  const adds = added.length > 0;
  const between = !adds && carries(from, second, change) ? from : second;
  const puts = { kind: "put", final: false, step: "add" } as const;
  const steps: DocumentStep<Policy>[] = [];
  if (adds && !same(first, from, change)) steps.push({ ...puts, text: first, ...NO_WAIT });
  steps.push(...policySteps("add", added, AFTER_PUT));
  if (!same(between, adds ? first : from, change))
    steps.push({ ...puts, text: between, ...(adds ? AFTER_PUT : NO_WAIT) });
  steps.push(...policySteps("remove", removed));
  if (!isWritten(between, to, change)) steps.push({ ...LAST_PUT, text: to });
  return steps;
}

const AFTER_PUT = { waitsFor: ["iam:PutRolePolicy"], waitsForPast: [] } as const;

const LAST_PUT = {
  kind: "put",
  final: true,
  step: "remove",
  waitsFor: OTHER_POLICY_CALLS,
  waitsForPast: [],
} as const;

/** Nothing is lost by it, and no Deny is removed whose effect another policy might not have taken over yet. */
function onlyAdds(from: string | null, to: string | null, reading: DocumentReading): boolean {
  if (from === null) return true;
  const denied = denyOf(from, reading);
  return (
    isNarrower(from, to, reading) &&
    (denied === null || (denied !== undefined && carries(to, denied, reading)))
  );
}

/**
 * A Deny that stays counts as well: during a change every Deny is in effect, and the rest must be the same plan.
 */
function hasDeny<Policy>(change: RoleDocumentChange<Policy>): boolean {
  const { from, to, added, removed } = change;
  const texts = [from, to, ...[...added, ...removed].map(({ text }) => text ?? null)];
  return texts.some((text) => mayHoldDeny(text) && (denyOf(text, change) ?? null) !== null);
}

/** Without the word, and without an escape that could hide it, no document has to be read: a twentieth of planning. */
function mayHoldDeny(text: string | null | undefined): boolean {
  return text !== null && text !== undefined && /Deny|[\\%]/.test(text);
}

/** The Deny statements alone; null when there are none, undefined if this is unknown. */
function denyOf(text: string | null | undefined, { comparer }: DocumentReading): string | null | undefined {
  if (text === null || text === undefined) return text;
  const found = onlyEffect(text, "Deny", comparer);
  return found === NOTHING ? null : found;
}

const NOTHING = documentText([]);

/** All statements of the documents, null for none of them; undefined when one can't be composed. */
function composed(
  texts: readonly (string | null | undefined)[],
  { comparer }: DocumentReading,
): string | null | undefined {
  return texts.reduce(
    (sum, text) => {
      if (sum === undefined || text === undefined) return undefined;
      if (sum === null || text === null) return sum ?? text;
      return unionDocument(sum, text, comparer);
    },
    null as string | null | undefined,
  );
}

/** `outer` contains all statements of `inner`. */
function carries(outer: string | null, inner: string | null, reading: DocumentReading): boolean {
  const both = composed([outer, inner], reading);
  return both !== undefined && same(both, outer, reading);
}

function same(a: string | null, b: string | null, { comparer, context }: DocumentReading): boolean {
  if (a === null || b === null) return a === b;
  const tier = comparer.compareDocuments(a, b, context);
  return tier === "equal" || tier === "metadata";
}

/** The very document, Sids too: nothing is left to write. */
function isWritten(a: string | null, b: string | null, { comparer, context }: DocumentReading): boolean {
  return a === b || (a !== null && b !== null && comparer.compareDocuments(a, b, context) === "equal");
}

/** Proved to allow nothing more, regardless of the other policies of the role: it also denies all that the other one denies. */
export function isNarrower(inner: string | null, outer: string | null, reading: DocumentReading): boolean {
  const { context, comparer } = reading;
  const denied = denyOf(outer, reading);
  if (inner === null || outer === null) return inner === null && denied === null;
  if (inner !== outer) {
    const proof = provedWithin(alone(inner, context), alone(outer, context), comparer);
    if (proof.kind === "not-proved") return false;
  }
  return denied === null || (denied !== undefined && carries(inner, denied, reading));
}
