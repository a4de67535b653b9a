import { onlyEffect, unionDocument } from "../../iam/read/compose.ts";
import { provedNarrower } from "../../iam/compare/containment.ts";
import { permissionDelta, permissionRows, type RolePermissions } from "../../iam/compare/delta.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { compareDocuments } from "../../iam/compare/comparer.ts";
import { documentText } from "../../iam/read/print.ts";
import { ANY, EXCEPT } from "../../iam/match/reach.ts";
import { patternsMeet, resourcesMeet } from "../../iam/match/wildcard.ts";
import type { WriteCall } from "../../model/action.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { byStep, type PlanStep } from "../order/steps.ts";

/** How a role's own document and the policies beside it are to change. `Beside` is what the caller knows them by. */
export interface DocumentChange<Beside> {
  /** The inline document now and then; null for none. Equal texts: it does not change. */
  readonly from: string | null;
  readonly to: string | null;
  /** Policies that come; text undefined where it is not known. */
  readonly come: readonly { readonly beside: Beside; readonly text: string | undefined }[];
  readonly go: readonly { readonly beside: Beside; readonly text: string }[];
  readonly context: DocumentContext;
}

export type Move<Beside> = {
  readonly step: PlanStep;
  readonly settlesAfter: readonly WriteCall[];
  readonly settlesAfterPast: readonly WriteCall[];
} & (
  | { readonly kind: "put"; readonly text: string | null; readonly final: boolean }
  | { readonly kind: "come" | "go"; readonly beside: Beside }
);

/** Writes that give or take what stands beside the inline document. */
const BESIDE: readonly WriteCall[] = ["iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy"];
const AT_ONCE = { settlesAfter: [], settlesAfterPast: [] } as const;

/**
 * The order in which nothing is lost that both states allow and nothing given that neither does, at any moment:
 * give, wait, take. With Deny in play: Deny on, Allow on, wait, Allow off, Deny off, where the inline document
 * carries every Deny in between. undefined: the inline document can't be composed with others.
 */
export function orderDocuments<Beside>(change: DocumentChange<Beside>): readonly Move<Beside>[] | undefined {
  const changes = change.come.length + change.go.length;
  if (changes === 0 || !hasDeny(change)) return withoutDeny(change);
  return withDeny(change);
}

function withoutDeny<Beside>(change: DocumentChange<Beside>): readonly Move<Beside>[] {
  const come = change.come.map(({ beside }): Move<Beside> => ({
    kind: "come",
    beside,
    step: "add",
    ...AT_ONCE,
  }));
  const go = change.go.map(({ beside }): Move<Beside> => ({
    kind: "go",
    beside,
    step: "remove",
    ...AT_ONCE,
  }));
  // As with Deny: what goes goes before the last word of the inline document, so that a plan keeps its order.
  return [...come, ...go, ...inlineMoves(change)].toSorted(byStep);
}

function inlineMoves<Beside>(change: DocumentChange<Beside>): readonly Move<Beside>[] {
  const { from, to, context } = change;
  if (from === to) return [];
  const last = { kind: "put", text: to, final: true, settlesAfter: [] } as const;
  if (isNarrower(to, from, context)) return [{ ...last, step: "remove", settlesAfterPast: [] }];
  const both = losesWhatComes(change) ? composed([from, to]) : undefined;
  if (both !== undefined) {
    const between: Move<Beside> = { kind: "put", text: both, final: false, step: "add", ...AT_ONCE };
    return [between, { ...last, step: "remove", settlesAfterPast: [] }];
  }
  return [{ ...last, step: "add", settlesAfterPast: onlyAdds(from, to, context) ? [] : BESIDE }];
}

/** More pairs of rows than this are taken to have something in common. */
const MAX_PAIRS = 100_000;

/** True when the inline document drops something that a policy which comes gives: that must have arrived before. */
function losesWhatComes<Beside>(change: DocumentChange<Beside>): boolean {
  if (change.come.length === 0) return false;
  const { context } = change;
  const lost = permissionDelta(alone(change.from, context), alone(change.to, context)).noLongerAllowed;
  return change.come.some(({ text }) => {
    if (text === undefined) return lost.length > 0;
    const rows = permissionRows(alone(text, context));
    if (lost.length * rows.length > MAX_PAIRS) return true;
    return lost.some((row) => rows.some((other) => rowsMeet(row, other)));
  });
}

function alone(text: string | null, context: DocumentContext): RolePermissions {
  return { documents: text === null ? [] : [{ from: "document", text }], boundary: null, context };
}

function rowsMeet(a: PermissionRow, b: PermissionRow): boolean {
  const anything = (text: string): boolean =>
    text === "unknown" || text.startsWith(EXCEPT) || text.startsWith(ANY);
  const [action, other] = [a.action.toLowerCase(), b.action.toLowerCase()];
  const actionsMeet = anything(action) || anything(other) || patternsMeet(action, other);
  return (
    actionsMeet && (anything(a.resource) || anything(b.resource) || resourcesMeet(a.resource, b.resource))
  );
}

function withDeny<Beside>(change: DocumentChange<Beside>): readonly Move<Beside>[] | undefined {
  const { from, to, come, go, context } = change;
  const denials = [from, to, ...come.map(({ text }) => text ?? null), ...go.map(({ text }) => text)].map(
    denyOf,
  );
  const denied = composed(denials);
  const first = composed([from, denied]);
  const second = composed([from, to, denied]);
  if (denied === undefined || first === undefined || second === undefined) return undefined;
  const puts = { kind: "put", final: false, step: "add" } as const;
  const moves: Move<Beside>[] = [];
  if (come.length > 0) {
    if (!same(first, from, context)) moves.push({ ...puts, text: first, ...AT_ONCE });
    moves.push(
      ...come.map(({ beside }): Move<Beside> => ({
        kind: "come",
        beside,
        step: "add",
        settlesAfter: ["iam:PutRolePolicy"],
        settlesAfterPast: [],
      })),
    );
  }
  const between = come.length === 0 && carries(from, second, context) ? from : second;
  if (!same(between, come.length > 0 ? first : from, context)) {
    moves.push({
      ...puts,
      text: between,
      settlesAfter: come.length > 0 ? ["iam:PutRolePolicy"] : [],
      settlesAfterPast: [],
    });
  }
  moves.push(...go.map(({ beside }): Move<Beside> => ({ kind: "go", beside, step: "remove", ...AT_ONCE })));
  if (!isWritten(between, to, context)) {
    moves.push({
      kind: "put",
      text: to,
      final: true,
      step: "remove",
      settlesAfter: BESIDE,
      settlesAfterPast: [],
    });
  }
  return moves;
}

/** Nothing is lost by it, and no Deny goes whose work something beside it might not have taken over yet. */
function onlyAdds(from: string | null, to: string | null, context: DocumentContext): boolean {
  if (from === null) return true;
  const denied = denyOf(from);
  return (
    isNarrower(from, to, context) &&
    (denied === null || (denied !== undefined && carries(to, denied, context)))
  );
}

/**
 * A Deny that stays counts as well: in the middle of a change every Deny stands, and the rest must be the same plan.
 */
function hasDeny<Beside>({ from, to, come, go }: DocumentChange<Beside>): boolean {
  const texts = [from, to, ...[...come, ...go].map(({ text }) => text ?? null)];
  return texts.some((text) => (denyOf(text) ?? null) !== null);
}

/** The Deny statements alone; null when there are none, undefined when it can't be told. */
function denyOf(text: string | null | undefined): string | null | undefined {
  if (text === null || text === undefined) return text;
  const found = onlyEffect(text, "Deny");
  return found === NOTHING ? null : found;
}

const NOTHING = documentText([]);

/** All statements of the documents, null for none of them; undefined when one can't be composed. */
function composed(texts: readonly (string | null | undefined)[]): string | null | undefined {
  return texts.reduce(
    (sum, text) => {
      if (sum === undefined || text === undefined) return undefined;
      if (sum === null || text === null) return sum ?? text;
      return unionDocument(sum, text);
    },
    null as string | null | undefined,
  );
}

/** `outer` says all that `inner` says. */
function carries(outer: string | null, inner: string | null, context: DocumentContext): boolean {
  const both = composed([outer, inner]);
  return both !== undefined && same(both, outer, context);
}

function same(a: string | null, b: string | null, context: DocumentContext): boolean {
  if (a === null || b === null) return a === b;
  const tier = compareDocuments(a, b, context);
  return tier === "equal" || tier === "metadata";
}

/** The very document, Sids too: nothing is left to write. */
function isWritten(a: string | null, b: string | null, context: DocumentContext): boolean {
  return a === b || (a !== null && b !== null && compareDocuments(a, b, context) === "equal");
}

/** Proved to allow nothing more, whatever stands beside it: it also denies all that the other one denies. */
export function isNarrower(inner: string | null, outer: string | null, context: DocumentContext): boolean {
  const denied = denyOf(outer);
  if (inner === null || outer === null) return inner === null && denied === null;
  if (provedNarrower(inner, outer, context).kind === "not-proved") return false;
  return denied === null || (denied !== undefined && carries(inner, denied, context));
}
