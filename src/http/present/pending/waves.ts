import type { WaveFunction, WaveObject } from "../../../api/bindings.ts";
import type { BindingWave, WaveState } from "../../../api/manifests.ts";
import type { AccountView } from "../../../controller/ports/control.ts";
import type { SuspensionScope, Suspension } from "../../../model/approval.ts";
import { accountIdOf, keyParts, type Key } from "../../../model/keys/key.ts";
import {
  switchesOf,
  WAVE_INTERVAL_MS,
  wavePhase,
  wavesOf,
  type NamespaceWaves,
  type WaveRecord,
} from "../../../model/records/wave-record.ts";
import { byText, byTextOf } from "../../../text/order.ts";
import { sees } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";
import { envelope, isoTime } from "../metadata.ts";

const WATCHED = [
  "the role of each function and of the versions behind its aliases",
  "changes of its declared role",
] as const;
const DENIED_EVENTS = "denied calls of the functions whose events arrive in the queue of change events";
const DENIED_CALLS = "denied calls of the functions (CloudTrail)";
const OTHER_DENIED_CALLS = "denied calls that no change event shows, as most calls for data";
const ALARMS = "errors and alarms of the functions";

/** That a queue is read does not show that the rule for denied calls sends to it. */
function watchedIn(
  { world }: Reader,
  accountId: string,
): Pick<WaveObject["status"], "watched" | "notWatched"> {
  const isRead = world.overview.changeQueues.some(
    ({ accounts, health }) => health.kind === "read" && accounts.includes(accountId),
  );
  return isRead
    ? { watched: [...WATCHED, DENIED_EVENTS], notWatched: [OTHER_DENIED_CALLS, ALARMS] }
    : { watched: WATCHED, notWatched: [DENIED_CALLS, ALARMS] };
}

/** By account and namespace, as the last pass recorded them. */
export function waves(reader: Reader): readonly WaveObject[] {
  const { access, world } = reader;
  return [...world.accounts.values()].toSorted(byTextOf(({ name }) => name)).flatMap((account) =>
    Object.entries(account.record?.waves ?? {})
      .filter(([namespace]) => sees(access, namespace))
      .map(([namespace, found]) => waveObject(reader, account, { namespace, found })),
  );
}

interface WavesOfNamespace {
  readonly namespace: string;
  readonly found: NamespaceWaves;
}

function waveObject(
  reader: Reader,
  account: AccountView,
  { namespace, found }: WavesOfNamespace,
): WaveObject {
  const { open, ended } = found;
  const { id, name, declared, record } = account;
  const until = suspendedUntil(reader, { accountId: id, namespace, key: null });
  const sweepMs = record?.lastSweepMs ?? null;
  const intervalMs = declared.waveIntervalMs ?? WAVE_INTERVAL_MS;
  return {
    ...envelope("Wave", { name: `${namespace}.${id}`, namespace }),
    status: {
      account: name,
      accountId: id,
      number: open?.number ?? ended.at(-1)?.number ?? 0,
      state: stateOf(reader, open, until !== null),
      subject: open === null ? null : pendingSubject(open),
      functions: (open?.members ?? []).map(({ key, state, needs }): WaveFunction => ({ key, state, needs })),
      later: laterKeys(reader, id, namespace),
      approved: approvalOf(open),
      suspendedUntil: until,
      stops: (open?.stops ?? []).map(({ atMs, ...stop }) => ({ ...stop, at: isoTime(atMs) })),
      watch: watchOf(open, intervalMs),
      ...watchedIn(reader, id),
      ended: ended.map(({ number, functions, openedMs, endedMs, stops }) => ({
        number,
        functions,
        openedAt: isoTime(openedMs),
        endedAt: isoTime(endedMs),
        stops: stops.length,
      })),
      readAt: sweepMs === null ? null : isoTime(sweepMs),
    },
  };
}

function approvalOf(open: WaveRecord | null): WaveObject["status"]["approved"] {
  const approved = open?.approved ?? null;
  return approved === null ? null : { by: approved.actor, until: approved.expiresAt };
}

function watchOf(open: WaveRecord | null, intervalMs: number): WaveObject["status"]["watch"] {
  const watch = open?.watch ?? null;
  if (watch === null) return null;
  const { sinceMs, seenMs } = watch;
  return { since: isoTime(sinceMs), seenAt: isoTime(seenMs), until: isoTime(sinceMs + intervalMs) };
}

function stateOf({ world }: Reader, open: WaveRecord | null, isSuspended: boolean): WaveState {
  if (open === null) return "ended";
  const phase = wavePhase(open);
  if (phase === "switching" && isSuspended) return "paused";
  const isRejected = world.rejections.some(({ subject }) => subject === open.subject);
  return phase === "awaiting-approval" && isRejected ? "rejected" : phase;
}

function pendingSubject(open: WaveRecord): WaveRecord["subject"] | null {
  return open.approved === null && switchesOf(open).length > 0 ? open.subject : null;
}

function laterKeys({ world }: Reader, accountId: string, namespace: string): readonly Key[] {
  return world.holds
    .filter(({ code, wave }) => code === "wave-member" && wave?.namespace === namespace)
    .flatMap(({ keys }) => keys)
    .filter((key) => accountIdOf(key) === accountId && !world.waveMemberOf.has(key))
    .toSorted(byText);
}

function openWave(account: AccountView | undefined, namespace: string): WaveRecord | null {
  return wavesOf(account?.record?.waves ?? {}, namespace).open;
}

/** The latest end of the suspensions that cover the scope. */
function suspendedUntil({ world }: Reader, scope: SuspensionScope): string | null {
  const ends = world.wideSuspensions
    .filter((suspension) => covers(suspension, scope))
    .map(({ until }) => until);
  return ends.toSorted().at(-1) ?? null;
}

function covers({ scope }: Suspension, { accountId, namespace }: SuspensionScope): boolean {
  const isIn = (one: string | null, other: string | null): boolean => one === null || one === other;
  return isIn(scope.accountId, accountId) && isIn(scope.namespace, namespace);
}

/** The wave of a function that waits for its switch, or whose switch is watched; null: it has none. */
export function bindingWave(reader: Reader, key: Key): BindingWave | null {
  const { world } = reader;
  const [member, hold] = [world.waveMemberOf.get(key), world.switchOf.get(key)];
  if (member === undefined && hold === undefined) return null;
  const { accountId, namespace } = keyParts(key);
  const open = openWave(world.accounts.get(accountId), namespace);
  const until = suspendedUntil(reader, { accountId, namespace, key: null });
  const of = {
    wave: open === null ? null : stateOf(reader, open, until !== null),
    subject: open === null ? null : pendingSubject(open),
  };
  if (open !== null && member !== undefined) return { number: open.number, state: member.state, ...of };
  return hold?.wave === undefined ? null : { number: hold.wave.number, state: "later", ...of };
}
