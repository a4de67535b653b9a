import type { Key } from "../../model/keys/key.ts";
import { requestsTo } from "../../model/passes/request-limits.ts";
import { UNRECORDED_SHOWN_MS } from "../../model/changes/unrecorded-write.ts";
import { byText } from "../../text/order.ts";
import { type AccountRecord, firstAccountRecord } from "../../model/records/account-record.ts";
import { lowerMode } from "../../model/rules/mode.ts";
import type { Departure, Revert } from "../ports/audit-log.ts";
import { pendingHolds } from "./pending-approvals.ts";
import { knownSources, knownSourceOf, type KnownSource } from "../revision/sources/known-sources.ts";
import type { BrokenKey } from "../../model/diagnostic.ts";
import type { AccountView, Overview, SourceView } from "../ports/control.ts";
import type { AccountSetView } from "../ports/estate/account-set-view.ts";
import type { ControllerContext } from "../settings.ts";
import type { PassFault } from "../../model/passes/pass-fault.ts";
import type { EnforcedState } from "../state/controller-state.ts";

/** The data of `status`: from the record and from the last passes. */
export async function overviewOf(
  context: ControllerContext,
  startedAt: string,
  { reverts, departures }: { readonly reverts: readonly Revert[]; readonly departures: readonly Departure[] },
): Promise<Overview> {
  const { state, settings, ports } = context;
  const { enforced } = state;
  const holds = pendingHolds(state);
  const rejections = await ports.store.rejections();
  return {
    version: settings.version,
    instance: settings.instance,
    mode: settings.mode,
    startedAt,
    sweepMs: settings.sweepMs,
    clockOffset: ports.clockOffset(),
    catalogueDate: enforced?.actionData.snapshotDate ?? "",
    source: sourceView(knownSourceOf(null, context), context),
    namespaceSources: knownSources(context)
      .filter(({ namespace }) => namespace !== null)
      .map((target) => sourceView(target, context)),
    tenancy: enforced?.compilation.desired.tenancy.kind ?? null,
    accounts: await accountViews(context),
    accountSets: accountSetViews(context, departures),
    changeQueues: state.changeQueues.all,
    diagnostics: enforced?.compilation.diagnostics ?? [],
    brokenKeys: enforced === null ? new Map() : brokenKeys(enforced),
    holds: holds.map((hold) => ({ ...hold, reason: state.reviews.reasonOf(hold) })),
    windows: enforced?.compilation.desired.windows ?? [],
    approvers: validApprovers(settings, ports.clock.nowMs()),
    rejections: rejections.filter(({ subject }) => holds.some((hold) => hold.subject === subject)),
    suspensions: await ports.store.suspensions(await ports.store.nowMs()),
    orphans: state.accounts.flatMap((account) => account.orphans),
    alertRoutes: await ports.alerts.routes(),
    backups: state.backups,
    verification: state.record.verification,
    replicas: await ports.store.replicas(),
    reverts,
  };
}

function sourceView(
  { source, namespace, memory }: KnownSource,
  { state: { enforced }, settings }: ControllerContext,
): SourceView {
  const location = settings.sourceLocations.get(namespace);
  if (location === undefined) throw new Error(`the settings have no location of the source "${source.name}"`);
  const { fetchedAtMs, held, failure, verified, pin } = memory.memory;
  const input = enforced?.inputs.get(namespace);
  return {
    name: source.name,
    namespace,
    location,
    pushQueue: location.pushQueue === null ? null : memory.pushQueue,
    accepted: input?.revision ?? null,
    fetchedAt: fetchedAtMs === null ? null : new Date(fetchedAtMs).toISOString(),
    held,
    failure,
    uncommitted: input?.uncommitted ?? false,
    verified,
    ...(pin !== null && { pin }),
  };
}

function accountSetViews(
  { state: { enforced, accountSets } }: ControllerContext,
  departures: readonly Departure[],
): readonly AccountSetView[] {
  // The newest of each account: it may have left twice. Those that are in force came back, or are declared now.
  const byAccount = new Map(departures.toReversed().map((one) => [one.accountId, one]));
  const gone = [...byAccount.values()].filter(({ accountId }) => enforced?.accounts.has(accountId) === false);
  return (enforced?.compilation.desired.accountSets ?? []).map((set) => {
    const { readAtMs, failing } = accountSets.of(set);
    const left = gone
      .filter((one) => one.set === set.name)
      .map(({ accountId: id, account: name, at }) => ({ id, name, atMs: Date.parse(at) }))
      .toSorted((a, b) => a.atMs - b.atMs || byText(a.name, b.name));
    return { name: set.name, readAtMs, failing, left };
  });
}

/** Of each group, the tokens that can still approve. */
function validApprovers(
  { approvers, tokenExpiryMs }: ControllerContext["settings"],
  nowMs: number,
): Overview["approvers"] {
  const isValid = (name: string): boolean => (tokenExpiryMs[name] ?? Infinity) > nowMs;
  return Object.fromEntries(
    Object.entries(approvers).map(([group, names]) => [group, names.filter(isValid)]),
  );
}

function brokenKeys({ compilation, brokenFileKeys }: EnforcedState): ReadonlyMap<Key, BrokenKey> {
  const inFiles = [...brokenFileKeys].map(
    ([key, { origin, causedBy }]) =>
      [key, { file: origin.file, causedBy: causedBy === undefined ? [] : [causedBy] }] as const,
  );
  const invalid = [...compilation.invalid].map(([key, reasons]) => {
    const file = reasons[0]?.origin.file ?? "";
    return [key, { file, causedBy: reasons.flatMap(({ causedBy }) => causedBy ?? []) }] as const;
  });
  return new Map<Key, BrokenKey>([...inFiles, ...invalid]);
}

async function accountViews({ state, settings, ports }: ControllerContext): Promise<readonly AccountView[]> {
  const records = await ports.store.accounts();
  const declared = [...(state.enforced?.accounts.values() ?? [])];
  return declared.map((account) => {
    const record = records.find(({ accountId }) => accountId === account.id) ?? null;
    const { fault, unread } = state.account(account.id);
    const requests = state.assigned.requestsOf(account.id);
    return {
      id: account.id,
      name: account.name,
      mode: lowerMode(settings.mode, account.mode),
      declared: account,
      record:
        fault === null ? record : failingBy(fault, record ?? firstAccountRecord(account.id, account.name)),
      hasFault: fault !== null,
      passing: state.queue.isRunning(account.id),
      comparing: unread === null,
      isAssigned: requests !== undefined,
      requests: requests === undefined ? requestsTo(account.id, ports.requestLimits) : requests,
      functionDenials: state.keptDenials.shown(record ?? { accountId: account.id }, ports.clock.nowMs()),
      unread: unread ?? [],
      lostEvents: state.eventTrust.lostIn(account.id, ports.clock.nowMs()),
      unrecordedWrites: state.unrecordedWrites.entries.filter(
        ({ accountId, at }) =>
          accountId === account.id && Date.parse(at) >= ports.clock.nowMs() - UNRECORDED_SHOWN_MS,
      ),
    };
  });
}

const FAULT_HINT = 'report it with the lines "step failed" of the log; Grantkeeper retries automatically';

/** Marks the earlier read as unreadable: it may be outdated. */
function failingBy({ sinceMs, reason }: PassFault, record: AccountRecord): AccountRecord {
  return { ...record, failing: { sinceMs, reason, fix: FAULT_HINT } };
}
