import type { ActionItem } from "../../../api/action-required.ts";
import type { AccountView } from "../../../controller/ports/control.ts";
import { seesEverything } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";
import { longestPauseMs } from "../../../model/reads/region-reads.ts";
import { counted } from "../../../text/phrases.ts";
import { isoTime } from "../metadata.ts";
import { conditionOf, hasReason, type KeyFacts } from "./context.ts";

type UnreadableItem = Extract<ActionItem, { readonly kind: "unreadable" }>;

/** Accounts that were not read, or not completely. */
export function unreadableAccounts({ world, nowMs }: Reader): readonly ActionItem[] {
  const { sweepMs, startedAt } = world.overview;
  const isLongStarted = Date.parse(startedAt) < nowMs - longestPauseMs(sweepMs);
  return [...world.accounts.values()].flatMap((account) => {
    const found = unreadReason(account, isLongStarted);
    if (found === null) return [];
    return [
      {
        kind: "unreadable" as const,
        accountId: account.id,
        keys: [],
        target: `account ${account.name}`,
        security: false,
        ...found,
      },
    ];
  });
}

/** Organizations whose accounts are not known now; the accounts that were found before stay observed. */
export function unreadableOrganizations({ world, access }: Reader): readonly ActionItem[] {
  if (!seesEverything(access)) return [];
  return world.overview.accountSets.flatMap(({ name, readAtMs, failing }): readonly ActionItem[] => {
    if (failing === null) return [];
    const { reason, fix, sinceMs } = failing;
    const known =
      readAtMs === null
        ? "not read since the start: its accounts are those that the record has"
        : `last read ${isoTime(readAtMs)}`;
    return [
      {
        kind: "unreadable",
        accountId: null,
        keys: [],
        target: `account set ${name}`,
        message: "no complete read of the organization",
        details: [`reader: ${reason}`, known],
        hint: fix ?? "grantkeeper doctor",
        security: false,
        since: isoTime(sinceMs),
      },
    ];
  });
}

/** The number of names that an item shows. */
const NAMED = 3;

/** Accounts that an organization no longer has. No commit removed them, so that it may be unnoticed. */
export function departedAccounts({ world, access }: Reader): readonly ActionItem[] {
  if (!seesEverything(access)) return [];
  return world.overview.accountSets.flatMap(({ name, left }): readonly ActionItem[] => {
    const [first] = left;
    if (first === undefined) return [];
    const more = left.length - NAMED;
    return [
      {
        kind: "unreadable",
        accountId: null,
        keys: [],
        target: `account set ${name}`,
        message: `${counted(left.length, "account")} left it, and ${left.length === 1 ? "is" : "are"} not observed any more`,
        details: [
          ...left.slice(0, NAMED).map((one) => `${one.name} (${one.id}), ${isoTime(one.atMs)}`),
          ...(more > 0 ? [`and ${more} more`] : []),
        ],
        hint: "correct units, tags or except of the AccountSet, or declare them with an AwsAccount; if it is intended, this ends after 7 days",
        security: false,
        since: isoTime(first.atMs),
      },
    ];
  });
}

function unreadReason(
  { record, unread, hasFault }: AccountView,
  isLongStarted: boolean,
): Pick<UnreadableItem, "message" | "details" | "hint" | "since" | "cause"> | null {
  const failing = record?.failing ?? null;
  const lastSweepMs = record?.lastSweepMs ?? null;
  const hint = "grantkeeper doctor";
  if (failing !== null) {
    const { reason, fix = null, sinceMs, cause } = failing;
    const details = [`${hasFault ? "internal error" : "observer"}: ${reason}`];
    const found = { message: "no complete read", details, hint: fix ?? hint, since: isoTime(sinceMs) };
    return cause === undefined ? found : { ...found, cause };
  }
  // No one has to act while the first read of a start is under way.
  if (lastSweepMs === null && unread.length === 0)
    return isLongStarted ? { message: "never read completely", details: [], hint, since: null } : null;
  const since = lastSweepMs === null ? null : isoTime(lastSweepMs);
  return unread.length === 0 ? null : { message: "no complete read", details: unread, hint, since };
}

/** Bindings that lack the same permission of the same account are one item. */
export function deniedItems(keys: readonly KeyFacts[]): readonly ActionItem[] {
  const denied = keys.filter(
    (facts) => hasReason(facts, "AccessDenied") && (facts.account?.record?.failing ?? null) === null,
  );
  const groups = Map.groupBy(denied, (facts) => `${facts.status.accountId} ${missingPermission(facts)}`);
  return [...groups.values()].flatMap((group): readonly ActionItem[] => {
    const [first] = group;
    const ready = first === undefined ? undefined : conditionOf(first, "Ready");
    if (first === undefined || ready === undefined) return [];
    const since = group.map((facts) => conditionOf(facts, "Ready")?.lastTransitionTime ?? "").sort();
    return [
      {
        kind: "unwritable",
        accountId: first.status.accountId,
        keys: group.map(({ key }) => key),
        target: `account ${first.status.account}`,
        message: `${group.length} ${group.length === 1 ? "change" : "changes"} not applied`,
        details: [`writer: ${ready.message}`],
        hint: "grantkeeper doctor",
        security: false,
        since: since[0] ?? null,
        ...(group.every(({ isUncompared }) => isUncompared) && { isOutdated: true }),
      },
    ];
  });
}

/** Without a pass of this process it is not known: then all refused changes of the account are one item. */
function missingPermission({ view }: KeyFacts): string {
  return view?.obstacle?.missing ?? "";
}
