import type { CallDenial, RecordedDenial } from "../../model/denials/call-denial.ts";
import type { Desired } from "../../model/desired.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { ControllerContext } from "../settings.ts";

/** A function that is denied many different calls stops its wave by the first ones. */
const CALLS_OF_A_FUNCTION = 20;
/** A function may be denied calls many times a second, and the record of every account is read for it. */
const WAVES_READ_AGAIN_MS = 10_000;
const CLOCKS_MS = 3_600_000;

interface OpenWaves {
  readonly readMs: number;
  /** By function: when its wave was opened. */
  readonly openedMs: ReadonlyMap<Key, number>;
  readonly known: Map<Key, Set<string>>;
}

/** The calls of functions in open waves that AWS denied. Those of all others are only counted. */
export class DeniedCalls {
  readonly #context: ControllerContext;
  #waves: OpenWaves | null = null;
  #roles: { readonly desired: Desired; readonly keys: ReadonlyMap<string, Key> } | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /**
   * Records the first one of each call, so that the next pass of the function sees it.
   * @returns the functions that have a new one
   * @throws Error if the record cannot be written
   */
  async record(calls: readonly CallDenial[]): Promise<ReadonlySet<Key>> {
    const keys = this.#keysByRole();
    const ofRoles = calls.flatMap((call) => {
      const key = keys.get(call.roleArn);
      return key === undefined || accountIdOf(key) !== call.accountId ? [] : [{ key, call }];
    });
    if (ofRoles.length === 0) return new Set();
    const { openedMs, known } = await this.#openWaves();
    const added = new Map<string, { readonly key: Key; readonly call: CallDenial }>();
    for (const one of ofRoles) {
      const { key, call } = one;
      const names = getOrAdd(known, key, () => new Set<string>());
      const isOfWave = call.atMs >= (openedMs.get(key) ?? Infinity);
      if (!isOfWave || names.has(call.call) || names.size >= CALLS_OF_A_FUNCTION) continue;
      names.add(call.call);
      added.set(`${key} ${call.call}`, one);
    }
    await this.#append([...added.values()]);
    return new Set([...added.values()].map(({ key }) => key));
  }

  async #append(added: readonly { readonly key: Key; readonly call: CallDenial }[]): Promise<void> {
    if (added.length === 0) return;
    const facts = added.map(({ key, call }) => ({
      kind: "call-denied" as const,
      key,
      role: call.roleArn,
      call: call.call,
      code: call.code,
      eventId: call.id,
      calledAt: new Date(call.atMs).toISOString(),
    }));
    try {
      await this.#context.ports.recorder.record({ facts, change: {}, alerts: [] });
    } catch (error) {
      // It is read again for the next messages, which are these.
      this.#waves = null;
      throw error;
    }
  }

  #keysByRole(): ReadonlyMap<string, Key> {
    const desired = this.#context.state.enforced?.compilation.desired;
    if (desired === undefined) return new Map();
    if (this.#roles?.desired !== desired) {
      const keys = [...desired.bindings.values()].map(({ key, role }) => [role.arn as string, key] as const);
      this.#roles = { desired, keys: new Map(keys) };
    }
    return this.#roles.keys;
  }

  async #openWaves(): Promise<OpenWaves> {
    const { store, audit, clock } = this.#context.ports;
    const nowMs = clock.nowMs();
    const ageMs = nowMs - (this.#waves?.readMs ?? -Infinity);
    if (this.#waves !== null && ageMs >= 0 && ageMs < WAVES_READ_AGAIN_MS) return this.#waves;
    const openedMs = new Map<Key, number>();
    const known = new Map<Key, Set<string>>();
    for (const record of await store.accounts()) {
      for (const [key, openMs] of membersOf(record)) openedMs.set(key, openMs);
      for (const [key, denials] of await recordedDenials(record, audit))
        known.set(key, new Set(denials.map(({ call }) => call)));
    }
    this.#waves = { readMs: nowMs, openedMs, known };
    return this.#waves;
  }
}

/** Those of the functions in the open waves of the account, since these were opened. */
export async function recordedDenials(
  record: AccountRecord,
  audit: Pick<AuditLog, "entries">,
): Promise<ReadonlyMap<Key, readonly RecordedDenial[]>> {
  const openedMs = membersOf(record);
  const found = new Map<Key, RecordedDenial[]>();
  if (openedMs.size === 0) return found;
  // The times of entries are those of the store, whose clock may be behind; that of each call is compared below.
  const sinceMs = Math.min(...openedMs.values()) - CLOCKS_MS;
  for await (const entry of audit.entries({ kind: "call-denied", sinceMs })) {
    if (entry.kind !== "call-denied") continue;
    const { key, call, code, calledAt } = entry;
    const atMs = Date.parse(calledAt);
    if (atMs >= (openedMs.get(key) ?? Infinity))
      getOrAdd(found, key, (): RecordedDenial[] => []).push({ call, code, atMs });
  }
  return found;
}

function membersOf({ waves = {} }: AccountRecord): ReadonlyMap<Key, number> {
  const open = Object.values(waves).flatMap((one) => one.open ?? []);
  return new Map(
    open.flatMap(({ members, openedMs }) =>
      members.filter(({ state }) => state !== "left").map(({ key }) => [key, openedMs] as const),
    ),
  );
}
