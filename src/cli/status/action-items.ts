import { headText, itemLabel } from "../../wording/action-labels.ts";
import type { ActionItem, ItemKind } from "../../api/action-required.ts";
import { counted, someOf } from "../../text/phrases.ts";
import type { Layout } from "../screen/layout.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

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
      ...(rest > 0 ? [`${itemLabel(kind)}: ${rest} more`, ...itemHint(ALL[kind], context)] : []),
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
  record: "grantkeeper audit verify",
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

function linesOf(item: ActionItem, context: StatusContext): readonly ScreenLine[] {
  const {
    nowMs,
    layout: { width },
  } = context;
  const { hint, isOutdated = false } = item;
  const details = [...(isOutdated ? ["found before Git changed"] : []), ...item.details];
  const head = `${itemLabel(item.kind)}: ${headText(item, nowMs)}`;
  return [
    ...wrapped(head, width, { first: "", next: "  " }),
    ...details.flatMap((detail) => wrapped(detail, width, { first: "  ", next: "  " })),
    ...(hint === null ? [] : itemHint(hint, context)),
  ];
}

function itemHint(text: string, { layout: { width } }: StatusContext): readonly ScreenLine[] {
  return labelledLines("hint", text, { width, indent: "  " });
}
