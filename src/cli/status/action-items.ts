import type { ActionItem, ItemKind } from "../../api/action-required.ts";
import { counted, someOf } from "../../text/phrases.ts";
import type { Layout } from "../screen/layout.ts";
import { age, deadline } from "../screen/time.ts";
import { wrapped } from "../screen/wrap.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";

/** More of a kind than this are counted, not shown. */
const SHOWN = 3;

export interface StatusContext {
  readonly nowMs: number;
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly layout: Layout;
}

/** In the order of the items: what is the case, why, and the next command. */
export function itemLines(items: readonly ActionItem[], context: StatusContext): readonly ScreenLine[] {
  const groups = Map.groupBy(items, ({ kind }) => kind);
  return [...groups].flatMap(([kind, all]) => {
    const group = kind === "unreadable" ? byCause(all, context) : all;
    const rest = group.length - SHOWN;
    return [
      ...group.slice(0, SHOWN).flatMap((item) => linesOf(item, context)),
      ...(rest > 0 ? [`${itemLabel(kind)}: ${rest} more`, ...toned("aside", [`  hint: ${ALL[kind]}`])] : []),
    ];
  });
}

/** Accounts that are not read for the same reason, such as missing credentials, are one item, since the first of them. */
function byCause(
  items: readonly ActionItem[],
  { accounts }: Pick<StatusContext, "accounts">,
): readonly ActionItem[] {
  const groups = Map.groupBy(items, (item) =>
    item.kind === "unreadable" && item.accountId !== null
      ? JSON.stringify([item.message, item.cause ?? [item.details, item.hint]])
      : item.target,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const names = group.map((item) => {
      const id = item.kind === "unreadable" ? item.accountId : null;
      return accounts.get(id ?? "") ?? item.target;
    });
    return [{ ...first, target: `${counted(group.length, "account")} (${someOf(names)})` }];
  });
}

/** The command that shows all of a kind. */
const ALL: { readonly [K in ItemKind]: string } = {
  unrecorded: "grantkeeper history",
  exposed: "grantkeeper get drift",
  escalated: "grantkeeper get drift",
  contended: "grantkeeper get drift",
  source: "grantkeeper status -o json",
  unreadable: "grantkeeper get accounts",
  "change-queue": "grantkeeper status -o json",
  "events-lost": "grantkeeper status -o json",
  "push-queue": "grantkeeper status -o json",
  unwritable: "grantkeeper get bindings",
  alerts: "grantkeeper get alerts",
  backup: "grantkeeper doctor",
  replicas: "grantkeeper get replicas",
  "no-role": "grantkeeper get functions",
  refused: "grantkeeper get bindings",
  broken: "grantkeeper validate",
  approval: "grantkeeper get approvals",
  suspended: "grantkeeper get suspensions",
  orphans: "grantkeeper get orphans",
};

export function itemLabel(kind: ItemKind): string {
  return kind.replace("-", " ");
}

function linesOf(item: ActionItem, { nowMs, layout: { width } }: StatusContext): readonly ScreenLine[] {
  const { hint, isOutdated = false } = item;
  const details = [...(isOutdated ? ["found before Git changed"] : []), ...item.details];
  const head = `${itemLabel(item.kind)}: ${headText(item, nowMs)}`;
  return [
    ...wrapped(head, width, { first: "", next: "  " }),
    ...details.flatMap((detail) => wrapped(detail, width, { first: "  ", next: "  " })),
    ...(hint === null ? [] : toned("aside", wrapped(hint, width, { first: "  hint: ", next: "        " }))),
  ];
}

/** The target, the problem and its age. */
export function headText(item: ActionItem, nowMs: number): string {
  const { target, message, since } = item;
  if (item.kind === "suspended")
    return `${target}: until ${deadline(item.until, nowMs)} by ${item.actor}: "${item.reason}"`;
  if (item.kind === "orphans")
    return `${target} ${message}${since === null ? "" : `, oldest ${age(since, nowMs)}`}`;
  return `${target}: ${message}${sinceText(item, nowMs)}`;
}

function sinceText({ kind, since }: ActionItem, nowMs: number): string {
  if (since === null) return "";
  if (LASTING.has(kind)) return ` for ${age(since, nowMs)}`;
  if (kind === "unrecorded") return `, the first found ${age(since, nowMs)} ago`;
  if (kind === "events-lost") return `, the first ${age(since, nowMs)} ago`;
  if (kind === "backup") return `, unresolved for ${age(since, nowMs)}`;
  return kind === "approval" ? `, waiting for ${age(since, nowMs)}` : "";
}

/** Items whose message goes on with how long it has been so. */
const LASTING: ReadonlySet<ItemKind> = new Set([
  "unreadable",
  "unwritable",
  "alerts",
  "change-queue",
  "push-queue",
]);
