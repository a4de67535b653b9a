import type { BindingObject } from "../../api/bindings.ts";
import type { DenialsObject } from "../../api/permissions.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { SourceRollback } from "../../api/manifests.ts";
import { CONDITION_REASONS } from "../../api/condition-reasons.ts";
import { type Key, keyParts, ownerText, placeText, targetText } from "../../model/keys/key.ts";
import type { EffectiveState, PermissionState } from "../../model/answers/permission-state.ts";
import { hanging, widthsOf, type Widths } from "../../plan/render/columns.ts";
import { byTextOf } from "../../text/order.ts";
import { comparisonBlocks } from "./comparisons.ts";
import { denialLines } from "./denials.ts";
import { historyBlock } from "./history.ts";
import { groupPendingBlocks, pendingBlocks } from "./pending.ts";
import { adoptionLines } from "./adoption.ts";
import { referenceBlocks } from "./references.ts";
import { roleLines } from "./role.ts";
import { blockLines, declaredBlocks, effectiveBlocks, type Block } from "./state.ts";
import { describedSummary, orderTexts } from "../../wording/summary.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { modeText, shortHash } from "../../wording/words.ts";
import { rollbackText } from "../../wording/rollback.ts";
import { table, type Column } from "../screen/table.ts";
import { age, ago, clockTime } from "../../wording/time.ts";
import { authorLines } from "../../model/changes/author-text.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** One function or ManagedPolicy with all that is known about it. */
export interface DescribeFacts {
  /** Of one owner, sorted by key. */
  readonly bindings: readonly BindingObject[];
  readonly states: readonly PermissionState[];
  /** By key, newest first: the events of the key, and the decisions that cover it. */
  readonly events: ReadonlyMap<Key, readonly AuditEvent[]>;
  /** Of these bindings. */
  readonly denials: readonly DenialsObject[];
  /** By short revision: the authors of its commits, which nothing has verified. */
  readonly authors: ReadonlyMap<string, string>;
  /** Of their source; null: its newest revision is in force, or is held. */
  readonly rolledBack: SourceRollback | null;
  /** The first entry of the record that may not be what was written; null: nothing is known against it. */
  readonly unverifiedFrom: number | null;
  readonly nowMs: number;
}

interface DescribedBinding {
  readonly binding: BindingObject;
  readonly state: PermissionState;
  readonly events: readonly AuditEvent[];
}

export function describeLines(facts: DescribeFacts): readonly ScreenLine[] {
  const targets = targetsOf(facts);
  const [first] = targets;
  if (first === undefined) return [];
  if (targets.length === 1)
    return [...headLines(first), ...rollbackLines(facts), ...sections([first], facts)];
  const groups = [...Map.groupBy(targets, (target) => groupName(target, facts.nowMs)).values()];
  return [
    ...hanging([ownerText(first.binding.spec.key), functionsText(targets)].filter(Boolean).join(", "), ""),
    ...rollbackLines(facts),
    "",
    ...targetTable(targets, facts.nowMs),
    ...groups.flatMap((group) => [
      "",
      ...group.map(targetOf),
      ...group
        .slice(0, 1)
        .map(({ binding, state }) => describedSummary(binding, state))
        .flatMap((text) => hanging(text, "")),
      ...sections(group, facts),
    ]),
  ];
}

function targetsOf({ bindings, states, events }: DescribeFacts): readonly DescribedBinding[] {
  return bindings.flatMap((binding): readonly DescribedBinding[] => {
    const { key } = binding.spec;
    const state = states.find((one) => one.key === key);
    return state === undefined ? [] : [{ binding, state, events: events.get(key) ?? [] }];
  });
}

/** Targets are equal if their screens differ only in the time of the reading and in the target of commands. */
function groupName({ binding, state }: DescribedBinding, nowMs: number): string {
  const { mode, notWatched, notes } = binding.status;
  const pending = state.pending.map((change) => ({ ...change, hint: null }));
  return JSON.stringify([
    declaredBlocks(state.declared, orderTexts(binding)),
    effectiveBlocks(state.effective, null),
    comparisonBlocks(state.comparisons),
    referenceBlocks(state.references, null),
    pendingBlocks(pending, nowMs),
    describedSummary(binding, state),
    [mode, notWatched, notes],
    adoptionLines(binding, null),
  ]);
}

/** The name of the function; several names have their places. */
function functionsText(targets: readonly DescribedBinding[]): string {
  const [first] = targets;
  const names = new Set(targets.map(functionText));
  if (first === undefined || names.size === 1) return first === undefined ? "" : functionText(first);
  return targets
    .map((target) => [functionText(target), placeText(target.binding.status)].filter(Boolean).join(" in "))
    .join(", ");
}

function targetOf({ binding: { spec, status } }: Pick<DescribedBinding, "binding">): string {
  return targetText({ key: spec.key, account: status.account });
}

/** The age of the read, and whether reads fail now. */
function readText(effective: EffectiveState, nowMs: number): string {
  if (effective.kind === "unknown") return "unknown";
  const { readAt, failing } = effective;
  const fails = failing === null ? "" : `, fails for ${age(failing.since, nowMs)}`;
  return `${ago(readAt, nowMs)}${fails}`;
}

function headLines({ binding, state }: DescribedBinding): readonly string[] {
  const target = targetOf({ binding });
  const rest = [functionText({ binding }), `mode ${modeText(binding)}`].filter(Boolean).join(", ");
  const line = `${target}, ${rest}`;
  return [
    ...(line.length <= 80 ? [line] : [`${target},`, ...hanging(rest, "  ")]),
    ...hanging(describedSummary(binding, state), ""),
  ];
}

/** Git may declare something newer than what is shown as declared. */
function rollbackLines({ rolledBack, nowMs }: DescribeFacts): readonly ScreenLine[] {
  return rolledBack === null ? [] : labelledLines("note", `its source is ${rollbackText(rolledBack, nowMs)}`);
}

function functionText({ binding: { spec } }: Pick<DescribedBinding, "binding">): string {
  const { desired } = spec;
  return desired === null || !("functionName" in desired) ? "" : `function ${desired.functionName}`;
}

function targetTable(targets: readonly DescribedBinding[], nowMs: number): readonly ScreenLine[] {
  const columns: readonly Column<DescribedBinding>[] = [
    { title: "TARGET", cell: ({ binding }) => placeText(binding.status) },
    { title: "MODE", cell: ({ binding }) => modeText(binding) },
    { title: "SYNC", cell: ({ binding }) => binding.status.sync },
    {
      title: "READ",
      cell: ({ state: { effective } }) => readText(effective, nowMs),
    },
    { title: "APPLIED", cell: ({ binding }) => shortHash(binding.status.lastAppliedRevision) },
  ];
  return table(columns, targets);
}

/** For equal targets, the oldest reading is shown, so that none appears newer than it is. */
function sections(
  group: readonly DescribedBinding[],
  { authors, denials, unverifiedFrom, nowMs }: DescribeFacts,
): readonly ScreenLine[] {
  const [first] = group.toSorted(byTextOf(readAt));
  if (first === undefined) return [];
  const { binding, state } = first;
  const blocks = [
    declaredBlocks(state.declared, orderTexts(binding)),
    referenceBlocks(state.references, nowMs),
    effectiveBlocks(state.effective, nowMs),
    comparisonBlocks(state.comparisons),
    groupPendingBlocks(
      [first, ...group.filter((target) => target !== first)].map((target) => target.state.pending),
      nowMs,
    ),
  ];
  const widths = widthsOfBlocks(blocks.flat());
  return [
    ...blocks.flatMap((part) => (part.length === 0 ? [] : ["", ...blockLines(part, widths)])),
    "",
    ...group.flatMap(({ binding: each }) => [...driftAuthorLines(each, nowMs), ...roleLines(each)]),
    ...adoptionLines(binding, nowMs),
    ...denialLines(ofGroup(denials, group), nowMs),
    ...runbookLines(group),
    ...notCheckedLines(binding),
    ...noteLines(binding),
    ...group.flatMap((target) => [
      "",
      ...(group.length === 1 ? [] : [`${placeText(target.binding.status)}:`]),
      ...historyBlock(target.events, { authors, target: targetOf(target), unverifiedFrom, nowMs }),
    ]),
  ];
}

function ofGroup(
  denials: readonly DenialsObject[],
  group: readonly DescribedBinding[],
): readonly DenialsObject[] {
  const keys = new Set(group.map(({ binding }) => binding.spec.key));
  return denials.filter(({ status }) => keys.has(status.key));
}

function widthsOfBlocks(blocks: readonly Block[]): Widths {
  return widthsOf(blocks.flatMap((block) => (block.kind === "row" ? [block.row] : [])));
}

function readAt({ state: { effective } }: DescribedBinding): string {
  return effective.kind === "read" ? effective.readAt : "";
}

/** The runbook of each reason that needs someone to act, and of a rejection, whose next step is the author's. */
function runbookLines(group: readonly DescribedBinding[]): readonly string[] {
  const reasons = group.flatMap(({ binding }) => binding.status.conditions.map(({ reason }) => reason));
  const acting = reasons.filter(
    (reason) =>
      reason === "Rejected" || (reason !== "Progressing" && CONDITION_REASONS[reason].item !== null),
  );
  return [...new Set(acting)].sort().map((reason) => `HELP grantkeeper runbook ${reason}`);
}

function notCheckedLines({ status: { notWatched } }: BindingObject): readonly string[] {
  return notWatched.length === 0 ? [] : hanging(`NOT CHECKED ${notWatched.join(", ")}`, "");
}

/** Facts that are not drift. */
function noteLines({ status: { notes } }: BindingObject): readonly ScreenLine[] {
  return notes.flatMap((note) => labelledLines("note", note));
}

export function ownersOf(bindings: readonly BindingObject[]): readonly (readonly BindingObject[])[] {
  const kindOf = (key: Key): string => keyParts(key).kind;
  return [...Map.groupBy(bindings, ({ spec }) => `${kindOf(spec.key)} ${ownerText(spec.key)}`).values()];
}

/** Who made each open difference, as far as events showed it, or why no one is known. A controller of an earlier version does not have it. */
function driftAuthorLines({ status }: BindingObject, nowMs: number): readonly string[] {
  const authors = status.drift?.authors ?? [];
  const byText = Map.groupBy(authors, ({ attribution }) =>
    authorLines(attribution, (instant) => clockTime(instant, nowMs)).join("\n"),
  );
  if (byText.size === 0) return [];
  const seen = status.drift?.isOutdated === true ? "seen before Git changed" : "last seen";
  return [
    `AUTHOR of the drift ${seen}`,
    ...[...byText].flatMap(([text, ofAuthor]) => [
      ...ofAuthor.flatMap(({ difference }) => hanging(difference, "  ")),
      ...text.split("\n").flatMap((line) => hanging(line, "    ")),
    ]),
  ];
}
