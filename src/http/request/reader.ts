import type { AccountView, Control, HeldChange } from "../../controller/ports/control.ts";
import type { HeldAccount } from "../../controller/ports/assigned/account-holders.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { RecordedFacts } from "../../controller/ports/recorded-facts.ts";
import { isBinding } from "../../model/desired.ts";
import { accountIdOf, keyParts, type Key } from "../../model/keys/key.ts";
import type { AppliedState } from "../../model/keys/key-record.ts";
import type { Drift } from "../../model/drift.ts";
import type { LiveRole } from "../../model/live.ts";
import type { TypedState } from "../../model/answers/permission-state.ts";
import { withLateRead } from "../../model/records/account-record.ts";
import { OWNER_TAG } from "../../model/aws/tag.ts";
import { sees, seesEverything, type Access } from "../access/access.ts";
import { scrubFor, type Scrub } from "../access/redaction.ts";
import type { World } from "./world.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { Hold } from "../../model/answers/hold.ts";

/** One read: the data, the token, and the time. */
export interface Reader {
  readonly world: World;
  readonly access: Access;
  readonly scrub: Scrub;
  readonly tenantPath: string;
  readonly nowMs: number;
  keyView(key: Key): KeyView | null;
  /** What the revision in force declares. If it declares it with an error, or not at all: what was compared last. */
  desired(view: KeyView): KeyView["desired"];
  /** Sorted: the bindings whose manifests in force name this one in `dependsOn`. */
  dependents(key: Key): readonly Key[];
  /** ISO 8601: since when the recorded status is of an earlier declaration than the one in force; null: it is of that one. */
  uncomparedSince(key: Key): string | null;
  heldChanges(hold: Hold): readonly HeldChange[];
  /**
   * Reads what `permissionState` needs of the record and of other replicas for these keys. It forgets the record of the keys of an
   * earlier call; a replica is asked once for an account.
   */
  readApplied(keys: readonly Key[]): Promise<void>;
  /** @throws Error a bug: `readApplied` was not called for the key */
  permissionState(key: Key): TypedState;
  /** Reads what `accessState` needs of these keys, in addition to those of earlier calls. */
  readAccess(keys: readonly Key[]): Promise<void>;
  /** Who may call a function, and its roles. @throws Error a bug: `readAccess` was not called for the key */
  accessState(key: Key): TypedState;
}

type Viewer = Pick<Reader, "access">;

interface ReaderParts extends Pick<Reader, "world" | "access" | "tenantPath" | "nowMs"> {
  readonly control: Control;
}

export function readerOf({ control, world: read, access, tenantPath, nowMs }: ReaderParts): Reader {
  const world = withLateAccounts(read, nowMs);
  const applied = new Map<Key, AppliedState | null>();
  const appliedLast = new Map<Key, AppliedState | null>();
  const asked = new Map<AccountId, HeldAccount>();
  let index: ReadonlyMap<Key, readonly Key[]> | null = null;
  const uncomparedSince = (key: Key): string | null =>
    control.uncomparedSince(key) ?? uncomparedBefore(key, world);
  const askHolders = async (keys: readonly Key[]): Promise<void> => {
    const unasked = keys.filter((key) => !asked.has(accountIdOf(key)));
    for (const [accountId, held] of await control.askAccounts(unasked)) asked.set(accountId, held);
  };
  const recordedFacts = (key: Key, states: ReadonlyMap<Key, AppliedState | null>): RecordedFacts => {
    const state = states.get(key);
    if (state === undefined) throw new Error(`the applied state of ${key} was not read`);
    return {
      record: world.records.get(key) ?? null,
      isUncompared: uncomparedSince(key) !== null,
      applied: state,
      account: world.accounts.get(accountIdOf(key))?.record ?? null,
      suspensions: world.overview.suspensions,
      rejections: world.overview.rejections,
    };
  };
  return {
    world,
    access,
    tenantPath,
    nowMs,
    scrub: scrubFor(access, world.namespaces, tenantPath),
    keyView: (key) => control.keyView(key),
    desired: (view) => control.declaredState(view.key) ?? view.desired,
    dependents: (key) => (index ??= dependentsIn(world, control)).get(key) ?? [],
    uncomparedSince,
    heldChanges: (hold) => control.heldChanges(hold),
    readApplied: async (keys) => {
      const states = await control.appliedStates(keys);
      applied.clear();
      for (const key of keys) applied.set(key, states.get(key) ?? null);
      await askHolders(keys);
    },
    permissionState: (key) => control.permissionState(key, recordedFacts(key, applied), asked),
    readAccess: async (keys) => {
      const undeclared = keys.filter((key) => control.declaredState(key) === null);
      const states = undeclared.length === 0 ? new Map() : await control.appliedStates(undeclared);
      // `accessState` does not use the applied state of a declared key, and these are most of the record.
      for (const key of keys) appliedLast.set(key, states.get(key) ?? null);
      await askHolders(keys);
    },
    accessState: (key) => control.accessState(key, recordedFacts(key, appliedLast), asked),
  };
}

/** By key: what depends on it. */
function dependentsIn(
  { objectOf }: Pick<World, "objectOf">,
  control: Pick<Control, "declaredState">,
): ReadonlyMap<Key, readonly Key[]> {
  const waits = [...objectOf.keys()].sort().flatMap((key) => {
    const desired = control.declaredState(key);
    const first = desired !== null && isBinding(desired) ? (desired.dependsOn ?? []) : [];
    return first.map((dependency) => ({ dependency, key }));
  });
  const byFirst = Map.groupBy(waits, ({ dependency }) => dependency);
  return new Map([...byFirst].map(([first, all]) => [first, all.map(({ key }) => key)]));
}

/** Accounts whose reads do not end are shown on all screens as accounts that cannot be read. */
function withLateAccounts(world: World, nowMs: number): World {
  const { overview } = world;
  const accounts = overview.accounts.map((account) => withLate(account, overview.sweepMs, nowMs));
  if (accounts.every((account, at) => account === overview.accounts[at])) return world;
  return {
    ...world,
    overview: { ...overview, accounts },
    accounts: new Map(accounts.map((account) => [account.id, account])),
  };
}

function withLate(account: AccountView, sweepMs: number, nowMs: number): AccountView {
  const { record, comparing } = account;
  if (record === null) return account;
  const late = withLateRead(record, { sweepMs, nowMs, comparing });
  return late === record ? account : { ...account, record: late };
}

/** Sorted. */
export function visibleKeys({ world, access }: Reader): readonly Key[] {
  return [...world.places].filter(([, { namespace }]) => sees(access, namespace)).map(([key]) => key);
}

/** The views of the visible keys that had a pass. */
export function visibleViews(reader: Reader): readonly KeyView[] {
  return visibleKeys(reader).flatMap((key) => reader.keyView(key) ?? []);
}

/**
 * The Team does not allow the function, the role or the account. A line in Git must not show what the function of others
 * allows, nor who calls it: a token with namespaces sees nothing that was read of it.
 */
export function hidesLive({ access }: Viewer, { findings }: KeyView): boolean {
  return !seesEverything(access) && findings.some(({ rule }) => FENCE_RULES.has(rule));
}

/**
 * A manifest can name any role. If the role carries the tag of another owner, its documents belong to that owner: a
 * token with namespaces does not see them.
 */
export function hidesRole(reader: Viewer, view: KeyView): boolean {
  if (hidesLive(reader, view)) return true;
  return !seesEverything(reader.access) && isOfAnother(view.liveRole, view.key);
}

/** The same, also for the role that the function runs on instead of the declared one. */
export function hidesRoles(reader: Viewer, view: KeyView): boolean {
  if (hidesRole(reader, view)) return true;
  const other = view.readings?.otherRole ?? null;
  return !seesEverything(reader.access) && other?.kind === "present" && isOfAnother(other.value, view.key);
}

/** The permissions in recorded differences, whose role is known only after a pass of this process. */
export function hidesRecorded(reader: Viewer, view: KeyView | null): boolean {
  if (seesEverything(reader.access)) return false;
  return view === null || hidesRoles(reader, view) || view.drifts.some(isOfPublished);
}

/** The permissions of a difference: those of the declared role, or of the roles that the function runs on. */
export function hidesDrift(reader: Viewer, view: KeyView, drift: Drift): boolean {
  if (seesEverything(reader.access)) return false;
  if (hidesLive(reader, view)) return true;
  if (drift.change.kind === "function-role") return hidesRoles(reader, view);
  return isOfPublished(drift) || (hidesRole(reader, view) && drift.subject === view.liveRole?.arn);
}

/** The owners of the roles of published versions are not read. */
function isOfPublished({ change }: Drift): boolean {
  return change.kind === "role-not-published";
}

/** No Team, or an account or a function that the Team does not name. */
const FENCE_RULES: ReadonlySet<string> = new Set(["TEN-001", "TEN-002", "TEN-003"]);

function isOfAnother(role: LiveRole | null, key: Key): boolean {
  const owner = role?.tags.find((tag) => tag.key === OWNER_TAG)?.value;
  const { namespace, name } = keyParts(key);
  return owner !== undefined && owner !== `${namespace}/${name}`;
}

type ComparedWorld = Pick<World, "accounts" | "objectOf" | "overview" | "records">;

/**
 * The start of the controller, if Git changed before it and no pass has compared the change: the record is of the earlier
 * declaration then. null: the record is of the one in force.
 */
function uncomparedBefore(key: Key, world: ComparedWorld): string | null {
  if (world.accounts.get(accountIdOf(key))?.comparing !== true) return null;
  return isOfEarlier(key, world) ? world.overview.startedAt : null;
}

function isOfEarlier(key: Key, { objectOf, records }: ComparedWorld): boolean {
  const object = objectOf.get(key);
  if (object !== undefined) return object.observedGeneration !== object.generation;
  // It was removed from Git: a pass that sees this never leaves it ready.
  const conditions = records.get(key)?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
