import { waitsByItself } from "../../../model/verdict.ts";
import { ITEM_KINDS, type ActionItem } from "../../../api/action-required.ts";
import type { SuspensionObject } from "../../../api/commands.ts";
import type { HoldSummary, HoldSummaryObject, OrphanObject, OverviewObject } from "../../../api/overview.ts";
import { outdatedText } from "../../../model/answers/hold.ts";
import { scopeText } from "../../../model/keys/suspension-scope.ts";
import { byText } from "../../../text/order.ts";
import { visibleKeys, type Reader } from "../../request/reader.ts";
import { changeQueueItems, lostEventItems, otherReaderItems } from "../change-queues.ts";
import { accessItems } from "./access-items.ts";
import {
  deniedItems,
  departedAccounts,
  unreadableAccounts,
  unreadableOrganizations,
} from "./account-items.ts";
import { alertItems, backupItems, recordItems } from "./alert-items.ts";
import { conditionItems } from "./condition-items.ts";
import { keyFacts, type KeyFacts } from "./context.ts";
import { brokenItems } from "./broken-items.ts";
import { pushQueueItems, sourceItems } from "./source-items.ts";
import { unrecordedItems } from "./unrecorded-items.ts";
import { replicaItems } from "../network/replicas.ts";
import { counted } from "../../../text/phrases.ts";
import { roleInArn } from "../../../model/aws/arn.ts";

/** The rest of the overview, as far as the token may see it. */
export type VisibleStatus = Required<
  Pick<
    OverviewObject["status"],
    "source" | "namespaceSources" | "diagnostics" | "holds" | "suspensions" | "orphans" | "alertRoutes"
  >
>;

/**
 * Everything that an operator or a team must do, for the CLI, the API and every other screen. Sorted by kind, then the
 * oldest first, then by target. A token with namespaces gets its own part, and the accounts that cannot be read.
 */
export function actionRequired(reader: Reader, seen: VisibleStatus): readonly ActionItem[] {
  const keys = keyFacts(reader, visibleKeys(reader));
  const items = [
    ...keys.flatMap((facts) =>
      [...accessItems(reader, facts), ...conditionItems(reader, facts)].map((item) => marked(item, facts)),
    ),
    ...[seen.source, ...seen.namespaceSources].flatMap((source) => sourceItems(reader, source)),
    ...pushQueueItems(reader),
    ...unrecordedItems(reader),
    ...recordItems(reader),
    ...changeQueueItems(reader),
    ...otherReaderItems(reader),
    ...lostEventItems(reader),
    ...unreadableAccounts(reader),
    ...unreadableOrganizations(reader),
    ...departedAccounts(reader),
    ...deniedItems(keys),
    ...brokenItems(reader, seen.diagnostics, keys),
    ...seen.holds.flatMap(approvalItem),
    ...seen.suspensions.map((suspension) => suspendedItem(reader, suspension)),
    ...orphanItems(seen.orphans),
    ...alertItems(seen.alertRoutes),
    ...backupItems(reader),
    ...replicaItems(reader),
  ];
  return items.sort(byUrgency);
}

/** What the last pass found may still be so, and no one knows before the next one. */
function marked(item: ActionItem, { isUncompared }: KeyFacts): ActionItem {
  return isUncompared ? { ...item, isOutdated: true } : item;
}

function byUrgency(a: ActionItem, b: ActionItem): number {
  return (
    ITEM_KINDS.indexOf(a.kind) - ITEM_KINDS.indexOf(b.kind) ||
    byText(a.since ?? "~", b.since ?? "~") ||
    byText(a.target, b.target)
  );
}

/** A held revision is an item of the source. */
function approvalItem({ metadata, status }: HoldSummaryObject): readonly ActionItem[] {
  const { subject, code, calls, rejected, since, isOutdated } = status;
  // Waves have the switches of single functions. Some plans wait by themselves.
  if (code === "revision" || code === "wave-member" || waitsByItself(code) || rejected !== null) return [];
  const digest = metadata.name.slice(0, 8);
  // A verdict makes no calls; its reason counts the functions.
  const size = calls === null || code === "verdict-changed" ? "" : `, ${counted(calls, "call")}`;
  return [
    {
      kind: "approval",
      subject,
      target: digest,
      message: `${heldText(status)}${size}${isOutdated === true ? `, ${outdatedText(code)}` : ""}`,
      details: [],
      hint: `grantkeeper describe approval ${digest}`,
      security: false,
      since,
    },
  ];
}

/** With the account, which the reason does not name. A token that may not see all of a pending approval gets no details of it. */
function heldText({ code, reason, newAccess, account, calls }: HoldSummary): string {
  if (code !== "first-enforcing-pass" || calls === null) return `${reason}, in ${account}`;
  return [`first enforcing run of ${account}`, ...(newAccess === undefined ? [] : [newAccess])].join("; ");
}

function suspendedItem({ world }: Reader, { metadata, spec }: SuspensionObject): ActionItem {
  const { scope, reason, actor, until } = spec;
  const names = new Map([...world.accounts.values()].map(({ id, name }) => [id, name]));
  return {
    kind: "suspended",
    id: metadata.name,
    until,
    actor,
    reason,
    target: scopeText(scope, names),
    message: `until ${until} by ${actor}`,
    details: [],
    hint: `grantkeeper resume ${metadata.name} --reason TEXT`,
    security: false,
    since: metadata.creationTimestamp ?? null,
  };
}

function orphanItems(orphans: readonly OrphanObject[]): readonly ActionItem[] {
  const since = orphans.map(({ status }) => status.since).sort()[0];
  if (since === undefined) return [];
  const isRoles = orphans.every(({ status }) => roleInArn(status.arn) !== null);
  const what = counted(orphans.length, isRoles ? "role" : "object");
  return [
    {
      kind: "orphans",
      count: orphans.length,
      target: what,
      message: orphans.length === 1 ? "is not declared" : "are not declared",
      details: [],
      hint: "grantkeeper get orphans",
      security: false,
      since,
    },
  ];
}
