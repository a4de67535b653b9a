import { waitsByItself } from "../../model/verdict.ts";
import { spannedOffset } from "../../model/changes/clock-offset.ts";
import { withOffset } from "../../model/changes/earlier-offsets.ts";
import type { AuditFact } from "../../audit/entry.ts";
import { failureCause, fixOfAwsError, type AwsError } from "../../model/aws/errors/aws-error.ts";
import { deletedAt, deletedBy, recordedRevisions } from "../../model/records/key-revision.ts";
import { oldestPolicyReadMs, type LiveAccount } from "../../model/live.ts";
import type { Pass } from "../../judge/subject.ts";
import type { SettleTime } from "../outcome/settle-time.ts";
import { knowsAllHolds } from "../outcome/all-holds.ts";
import type { DonePass, OutcomeView } from "../outcome/outcome.ts";
import { accessDenied } from "../../model/records/access-denied.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { AccountWaves } from "../../model/records/wave-record.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { confirmationAfter } from "./confirmation.ts";
import { waitingSince } from "../outcome/waiting-since.ts";
import { readGaps } from "./read-gaps.ts";

interface SettledAccount {
  readonly record: AccountRecord;
  readonly facts: readonly AuditFact[];
  readonly alerts: readonly AlertEvent[];
}

/** A pass that read its account, with the views of its outcomes. */
export interface ViewedPass extends DonePass {
  readonly views: readonly OutcomeView[];
  /** After it. */
  readonly waves: AccountWaves;
}

/** The account's record after a pass that read it. */
export function settleAccount(result: ViewedPass, holds: readonly Hold[], time: SettleTime): SettledAccount {
  const { pass, live, swept } = result;
  const before = pass.history.record;
  const {
    waves: _waves,
    oldestPolicyReadMs: _readMs,
    earlierOffsets: _offsets,
    windowSinceMs: _windowSinceMs,
    waitingSinceMs: _waitingSinceMs,
    unconfirmed: _unconfirmed,
    ...known
  } = before;
  const { clockOffset = null } = pass;
  const record: AccountRecord = {
    ...known,
    ...(Object.keys(result.waves).length > 0 && { waves: result.waves }),
    name: pass.account.name,
    declared: pass.account,
    ...confirmationAfter(result, holds),
    failing: null,
    deleted: deletedAfter(result, before.deleted),
    ...heldSince(result, holds),
    clockOffset: swept ? clockOffset : spannedOffset(before.clockOffset, clockOffset),
    ...(swept && sweepOf(result)),
    ...(swept ? keptReadings(live, before) : keptBefore(before)),
    ...coverage(pass, live),
  };
  if (!swept) return { record, facts: [], alerts: [] };
  const { regionReads, facts } = readGaps(result);
  const settled = withControl({ ...record, regionReads }, before, time);
  return { ...settled, facts: [...facts, ...settled.facts] };
}

/** Since when each plan waits, for an answer, or by itself. */
function heldSince(
  result: ViewedPass,
  holds: readonly Hold[],
): Pick<AccountRecord, "heldSinceMs" | "windowSinceMs" | "waitingSinceMs"> {
  const { record } = result.pass.history;
  const before: Partial<AccountRecord> = knowsAllHolds(result) ? {} : record;
  const times = (some: readonly Hold[]): Readonly<Record<string, number>> =>
    Object.fromEntries(some.map(({ subject, sinceMs }) => [subject, sinceMs]));
  const [windows, others] = [true, false].map((is) =>
    times(holds.filter(({ code }) => waitsByItself(code) === is)),
  );
  const windowSinceMs = { ...before.windowSinceMs, ...windows };
  const keys = waitingSince(result, holds);
  return {
    heldSinceMs: { ...before.heldSinceMs, ...others },
    ...(Object.keys(windowSinceMs).length > 0 && { windowSinceMs }),
    ...(keys.size > 0 && { waitingSinceMs: Object.fromEntries(keys) }),
  };
}

/** Keys that it did not read are of unknown state in their records. */
function sweepOf({
  pass,
  observed,
}: ViewedPass): Pick<AccountRecord, "lastSweepMs" | "previousSweepMs" | "sweptRevisions"> {
  const previousSweepMs = pass.history.record.lastSweepMs;
  return { lastSweepMs: observed.observedAtMs, previousSweepMs, sweptRevisions: recordedRevisions(pass) };
}

type KeptReadings = Pick<AccountRecord, "oldestPolicyReadMs" | "earlierOffsets">;

function keptBefore({ oldestPolicyReadMs: readMs, earlierOffsets }: AccountRecord): KeptReadings {
  return {
    ...(readMs !== undefined && { oldestPolicyReadMs: readMs }),
    ...(earlierOffsets && { earlierOffsets }),
  };
}

/** With the offsets of the clocks since then: the times of events are compared with the times of these readings. */
function keptReadings(live: LiveAccount, before: AccountRecord): KeptReadings {
  const keptMs = oldestPolicyReadMs(live);
  if (keptMs === null) return {};
  const { earlierOffsets = [], lastSweepMs, clockOffset = null } = before;
  const offsets =
    lastSweepMs === null
      ? earlierOffsets
      : withOffset(earlierOffsets, { sinceMs: lastSweepMs, offset: clockOffset }, keptMs);
  return { oldestPolicyReadMs: keptMs, earlierOffsets: offsets };
}

function deletedAfter(
  { pass, views }: ViewedPass,
  before: AccountRecord["deleted"],
): AccountRecord["deleted"] {
  const now = views.flatMap((view) =>
    view.kind === "judged" && view.skipped === null && view.judged.plan.purpose === "delete"
      ? [view.subject.key]
      : [],
  );
  if (now.length === 0) return before;
  return deletedAt([...deletedBy(before, pass), ...now], pass);
}

function coverage(pass: Pass, live: LiveAccount): Pick<AccountRecord, "functionsSeen" | "functionsInGit"> {
  const read = [...live.regions.values()].flatMap((region) =>
    region.kind === "read" && region.complete ? [region.functions] : [],
  );
  const declared = pass.roleChecks.declared.of(pass.desired).bindingsIn(pass.account.id);
  const inGit = declared.filter((binding) =>
    read.some((functions) => functions.get(binding.functionName)?.arn === binding.functionArn),
  );
  const seen = read.reduce((sum, functions) => sum + functions.size, 0);
  return live.complete
    ? { functionsSeen: seen, functionsInGit: inGit.length }
    : {
        functionsSeen: pass.history.record.functionsSeen,
        functionsInGit: pass.history.record.functionsInGit,
      };
}

/** One `control-ran` entry for each account and day, written after the day has ended. */
function withControl(record: AccountRecord, before: AccountRecord, time: SettleTime): SettledAccount {
  const day = time.nowIso.slice(0, 10);
  const gapMs = before.lastSweepMs === null ? 0 : time.nowMs - before.lastSweepMs;
  const { control } = before;
  if (control?.day === day) {
    const counted = {
      day,
      completeReads: control.completeReads + 1,
      longestGapMs: Math.max(control.longestGapMs, gapMs),
    };
    return { record: { ...record, control: counted }, facts: [], alerts: [] };
  }
  const fresh: AccountRecord = { ...record, control: { day, completeReads: 1, longestGapMs: gapMs } };
  if (control === null) return { record: fresh, facts: [], alerts: [] };
  const fact: AuditFact = {
    kind: "control-ran",
    accountId: record.accountId,
    account: record.name,
    day: control.day,
    completeReads: control.completeReads,
    longestGapMs: control.longestGapMs,
    functionsSeen: before.functionsSeen ?? 0,
    functionsInGit: before.functionsInGit ?? 0,
  };
  return { record: fresh, facts: [fact], alerts: [] };
}

/** The account's record after its account-wide reads failed; one alert when access is found missing, and one when other access is. */
export function settleFailedAccount(pass: Pass, error: AwsError, time: SettleTime): SettledAccount {
  const before = pass.history.record;
  const { call, code, disposition } = error.facts;
  const record: AccountRecord = {
    ...before,
    name: pass.account.name,
    failing: {
      sinceMs: before.failing?.sinceMs ?? time.nowMs,
      reason: error.message,
      fix: fixOfAwsError(error),
      call,
      code,
      cause: failureCause(error),
    },
  };
  const begins = disposition.kind === "circuit" && !isSameFailure(before.failing, error);
  return { record, facts: [], alerts: begins ? [accessDenied(pass.account, call, error)] : [] };
}

/** The reason of a record of 0.1 begins with the call and the code. */
function isSameFailure(before: AccountRecord["failing"], { facts: { call, code } }: AwsError): boolean {
  if (before === null) return false;
  return before.call === undefined
    ? // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- records of 0.1 have only the text
      before.reason.startsWith(`${call}: ${code}: `)
    : before.call === call && before.code === code;
}
