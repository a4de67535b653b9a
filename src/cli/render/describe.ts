import type { BindingObject } from "../../api/bindings.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { Key } from "../../model/key.ts";
import type { PermissionState } from "../../model/permission-state.ts";
import { hanging, widthsOf, type Widths } from "../../plan/render/columns.ts";
import { ownerText, placeText, targetText } from "../../model/target-text.ts";
import { historyBlock } from "./describe-history.ts";
import { pendingBlocks } from "./describe-pending.ts";
import { roleLines } from "./describe-role.ts";
import { blockLines, declaredBlocks, effectiveBlocks, type Block } from "./describe-state.ts";
import { summaryText } from "./describe-summary.ts";
import { table, type Column } from "./table.ts";
import { ago } from "./time.ts";
import { shortHash } from "./words.ts";

/** One function (or ManagedPolicy) with all that is known of it. */
export interface DescribeFacts {
  /** Of one owner, sorted by key. */
  readonly bindings: readonly BindingObject[];
  readonly states: readonly PermissionState[];
  /** About these keys, newest first. */
  readonly events: readonly AuditEvent[];
  /** By short revision: the authors of its commits, which nothing has verified. */
  readonly authors: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

interface Target {
  readonly binding: BindingObject;
  readonly state: PermissionState;
  readonly events: readonly AuditEvent[];
}

export function describeLines(facts: DescribeFacts): readonly string[] {
  const targets = targetsOf(facts);
  const [first] = targets;
  if (first === undefined) return [];
  if (targets.length === 1) return [...headLines(first), ...sections([first], facts)];
  const groups = [...Map.groupBy(targets, groupName).values()];
  return [
    ...hanging([ownerText(first.binding.spec.key), functionText(first)].filter(Boolean).join(", "), ""),
    "",
    ...targetTable(targets, facts.nowMs),
    ...groups.flatMap((group) => [
      "",
      ...group.map(({ binding }) => targetText({ key: binding.spec.key, account: binding.status.account })),
      ...group
        .slice(0, 1)
        .map(({ binding, state }) => summaryText(binding, state))
        .flatMap((text) => hanging(text, "")),
      ...sections(group, facts),
    ]),
  ];
}

function targetsOf({ bindings, states, events }: DescribeFacts): readonly Target[] {
  return bindings.flatMap((binding): readonly Target[] => {
    const { key } = binding.spec;
    const state = states.find((one) => one.key === key);
    return state === undefined
      ? []
      : [{ binding, state, events: events.filter((event) => event["key"] === key) }];
  });
}

/** Targets are equal when they show the same but for account, region and the time of their reading. */
function groupName({ binding, state }: Target): string {
  const { account, accountId, region } = binding.status;
  const blocks = [
    ...declaredBlocks(state.declared),
    ...effectiveBlocks(state.effective, null),
    ...pendingBlocks(state.pending, null),
  ];
  const text = JSON.stringify([blocks, summaryText(binding, state), binding.status.mode]);
  const named = text.replaceAll(accountId, "ACCOUNT").replaceAll(`@${account}`, "@ACCOUNT");
  return region === null ? named : named.replaceAll(region, "REGION");
}

function headLines({ binding, state }: Target): readonly string[] {
  const { key } = binding.spec;
  const { status } = binding;
  const target = targetText({ key, account: status.account });
  const rest = [functionText({ binding }), `mode ${status.mode}`].filter(Boolean).join(", ");
  const line = `${target}, ${rest}`;
  return [
    ...(line.length <= 80 ? [line] : [`${target},`, ...hanging(rest, "  ")]),
    ...hanging(summaryText(binding, state), ""),
  ];
}

function functionText({ binding: { spec } }: Pick<Target, "binding">): string {
  const { desired } = spec;
  return desired === null || !("functionName" in desired) ? "" : `function ${desired.functionName}`;
}

function targetTable(targets: readonly Target[], nowMs: number): readonly string[] {
  const columns: readonly Column<Target>[] = [
    { title: "TARGET", cell: ({ binding }) => placeText(binding.status) },
    { title: "MODE", cell: ({ binding }) => binding.status.mode },
    { title: "SYNC", cell: ({ binding }) => binding.status.sync },
    {
      title: "READ",
      cell: ({ state: { effective } }) =>
        effective.kind === "read" ? ago(effective.readAt, nowMs) : "never",
    },
    { title: "APPLIED", cell: ({ binding }) => shortHash(binding.status.lastAppliedRevision) },
  ];
  return table(columns, targets);
}

/** Of targets that show the same: the oldest reading is told, so that none is called newer than it is. */
function sections(group: readonly Target[], { authors, nowMs }: DescribeFacts): readonly string[] {
  const [first] = group.toSorted((a, b) => (readAt(a) < readAt(b) ? -1 : 1));
  if (first === undefined) return [];
  const { binding, state } = first;
  const blocks = [
    declaredBlocks(state.declared),
    effectiveBlocks(state.effective, nowMs),
    pendingBlocks(state.pending, nowMs),
  ];
  const widths = widthsOfBlocks(blocks.flat());
  return [
    ...blocks.flatMap((part) => ["", ...blockLines(part, widths)]),
    "",
    ...group.flatMap(({ binding: each }) => roleLines(each)),
    ...notCheckedLines(binding),
    ...noteLines(binding),
    ...group.flatMap((target) => [
      "",
      ...(group.length === 1 ? [] : [`${placeText(target.binding.status)}:`]),
      ...historyBlock(target.events, { authors, nowMs }),
    ]),
  ];
}

function widthsOfBlocks(blocks: readonly Block[]): Widths {
  return widthsOf(blocks.flatMap((block) => (block.kind === "row" ? [block.row] : [])));
}

function readAt({ state: { effective } }: Target): string {
  return effective.kind === "read" ? effective.readAt : "";
}

function notCheckedLines({ status: { notWatched } }: BindingObject): readonly string[] {
  return notWatched.length === 0 ? [] : hanging(`NOT CHECKED ${notWatched.join(", ")}`, "");
}

/** What is no drift and worth knowing. */
function noteLines({ status: { notes } }: BindingObject): readonly string[] {
  return notes.flatMap((note) => hanging(`note: ${note}`, ""));
}

export function ownersOf(bindings: readonly BindingObject[]): readonly (readonly BindingObject[])[] {
  const kind = (key: Key): string => key.slice(0, key.indexOf("/"));
  return [...Map.groupBy(bindings, ({ spec }) => `${kind(spec.key)} ${ownerText(spec.key)}`).values()];
}
