import type { AccountView, Control, Overview } from "../../controller/ports/control.ts";
import type { Rejection, Suspension } from "../../model/approval.ts";
import type { AccountCoverage } from "../../model/answers/coverage.ts";
import type { Waiver } from "../../model/desired.ts";
import type { DesiredTeam } from "../../model/rules/team.ts";
import { byTextOf } from "../../text/order.ts";
import type { Key } from "../../model/keys/key.ts";
import type { WaveMember } from "../../model/records/wave-record.ts";
import { holdsOfPlans, rejectionsByKey, type Hold } from "../../model/answers/hold.ts";
import { Turns } from "../../model/values/turns.ts";
import { readLaterState, readState, type RecordedState } from "./recorded-state.ts";

/** All data for the answer to one read. */
export interface World extends RecordedState {
  /** Of the reads of this process: one with a higher number has seen nothing older. */
  readonly order: number;
  readonly overview: Overview;
  readonly accounts: ReadonlyMap<string, AccountView>;
  /** Those that are not of one key alone. */
  readonly wideSuspensions: readonly Suspension[];
  /** By key: the suspension of it alone that ends last. */
  readonly suspendedKeys: ReadonlyMap<Key, Suspension>;
  readonly holds: readonly Hold[];
  /** By key: the first pending approval that covers it. One may cover every function of an account. */
  readonly holdOf: ReadonlyMap<Key, Hold>;
  /** By key: the pending approval of its own switch. */
  readonly switchOf: ReadonlyMap<Key, Hold>;
  /** By key: what an open wave has of it. */
  readonly waveMemberOf: ReadonlyMap<Key, WaveMember>;
  readonly rejections: readonly Rejection[];
  /** By key, if everything held of it is rejected. */
  readonly rejectionOf: ReadonlyMap<Key, Rejection>;
  /** Those that compile. */
  readonly waivers: readonly Waiver[];
  /** Sorted by namespace, also those with an error. */
  readonly teams: readonly DesiredTeam[];
  /** Of the accounts that were read since the start, sorted by name. */
  readonly coverage: readonly AccountCoverage[];
}

/** While reads follow each other, what was read is kept for the next one. */
const KEPT_MS = 5_000;

/**
 * Reads the record again only after a commit of the store, and then only what was committed. Some time after the last
 * request four kilobytes for each key are not held on to, because a pass needs them: if memory was collected, all is read.
 */
export class WorldReader {
  readonly #control: Control;
  readonly #turns = new Turns();
  #recorded: WeakRef<RecordedState> | null = null;
  #kept: { readonly state: RecordedState; readonly timer: NodeJS.Timeout } | null = null;
  #order = 0;

  constructor(control: Control) {
    this.#control = control;
  }

  /** One read after the other: a later one must not see less than an earlier one. */
  read(): Promise<World> {
    return this.#turns.inTurn(() => this.#readAll());
  }

  async #readAll(): Promise<World> {
    this.#order += 1;
    const recorded = await this.#readRecord();
    const overview = await this.#control.overview();
    const ofPlans = holdsOfPlans(overview.holds);
    return {
      ...recorded,
      order: this.#order,
      overview,
      accounts: new Map(overview.accounts.map((account) => [account.id, account])),
      wideSuspensions: overview.suspensions.filter(({ scope }) => scope.key === null),
      suspendedKeys: new Map(
        overview.suspensions
          .toSorted(byTextOf(({ until }) => until))
          .flatMap((suspension) =>
            suspension.scope.key === null ? [] : [[suspension.scope.key, suspension]],
          ),
      ),
      holds: overview.holds,
      holdOf: holdsByKey(ofPlans),
      switchOf: holdsByKey(overview.holds.filter(({ code }) => code === "wave-member")),
      waveMemberOf: new Map(overview.accounts.flatMap(openMembers)),
      rejections: overview.rejections,
      rejectionOf: rejectionsByKey(ofPlans, overview.rejections),
      waivers: this.#control.waivers(),
      teams: this.#control.teams(),
      coverage: this.#control.coverage(),
    };
  }

  async #readRecord(): Promise<RecordedState> {
    // The version first: the next request reads again everything that is committed during these reads.
    const version = await this.#control.resourceVersion();
    const known = this.#recorded?.deref();
    const later = known === undefined ? null : await this.#readSince(known, version);
    const recorded = later ?? (await readState(this.#control, version));
    this.#keep(recorded);
    return recorded;
  }

  async #readSince(known: RecordedState, version: number): Promise<RecordedState | null> {
    return known.version === version ? known : readLaterState(this.#control, known, version);
  }

  #keep(state: RecordedState): void {
    this.#recorded = new WeakRef(state);
    if (this.#kept !== null) clearTimeout(this.#kept.timer);
    const timer = setTimeout(() => (this.#kept = null), KEPT_MS).unref();
    this.#kept = { state, timer };
  }
}

function openMembers({ record }: AccountView): readonly (readonly [Key, WaveMember])[] {
  return Object.values(record?.waves ?? {}).flatMap(({ open }) =>
    (open?.members ?? [])
      .filter(({ state }) => state !== "left")
      .map((member) => [member.key, member] as const),
  );
}

function holdsByKey(holds: readonly Hold[]): ReadonlyMap<Key, Hold> {
  const byKey = new Map<Key, Hold>();
  for (const hold of holds.toReversed()) for (const key of hold.keys) byKey.set(key, hold);
  return byKey;
}
