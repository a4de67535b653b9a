import type { ActionItem } from "../../../api/action-required.ts";
import type { ReplicaCounts, ReplicaObject } from "../../../api/replicas.ts";
import { replicaName, type ReplicaRecord, type ReplicaState } from "../../../model/network/replica.ts";
import type { Overview } from "../../../controller/ports/control.ts";
import { byText, byTextOf } from "../../../text/order.ts";
import { seesEverything } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";
import { envelope, isoTime } from "../metadata.ts";

/** Sorted by name. Hosts and addresses are not for tokens with namespaces. */
export function replicas(reader: Reader): readonly ReplicaObject[] {
  const all = visibleReplicas(reader);
  const accounts = accountNames(all, reader.world.overview);
  return all
    .map((replica) => replicaObject(replica, accounts.get(replica.id) ?? null))
    .toSorted(byTextOf(({ metadata }) => metadata.name));
}

function visibleReplicas({ access, world }: Reader): readonly ReplicaRecord[] {
  return seesEverything(access) ? world.overview.replicas : [];
}

/** By the id of the replica; empty if nothing is in force. The active replica makes the passes of all that are not assigned. */
function accountNames(
  all: readonly ReplicaRecord[],
  { tenancy, accounts }: Pick<Overview, "tenancy" | "accounts">,
): ReadonlyMap<string, readonly string[]> {
  if (tenancy === null) return new Map();
  const names = new Map<string, string>(accounts.map(({ id, name }) => [id, name]));
  const others = new Set<string>(
    all.flatMap((replica) => (replica.state === "active" ? [] : replica.accounts)),
  );
  const left = [...names.keys()].filter((id) => !others.has(id));
  return new Map(
    all.map((replica) => {
      const ids = replica.state === "active" ? left : replica.accounts;
      return [replica.id, ids.map((id) => names.get(id) ?? id).toSorted(byText)];
    }),
  );
}

function replicaObject(replica: ReplicaRecord, accounts: readonly string[] | null): ReplicaObject {
  const { id, host, pid, version, catalogueDigest, address, state } = replica;
  const { startedMs, seenMs, leaseEndsMs, following, readAtMs } = replica;
  return {
    ...envelope("Replica", { name: replicaName(replica), creationTimestamp: isoTime(startedMs) }),
    status: {
      id,
      host,
      pid,
      version,
      catalogueDigest,
      address,
      state,
      startedAt: isoTime(startedMs),
      seenAt: isoTime(seenMs),
      leaseEndsAt: leaseEndsMs === null ? null : isoTime(leaseEndsMs),
      following: following?.kind ?? null,
      followingProblem: following?.kind === "unable" ? following.reason : null,
      accounts,
      readAt: isoTime(readAtMs),
    },
  };
}

/** null: the record has one process, or the token may not see its replicas. */
export function replicaCounts(reader: Reader): ReplicaCounts | null {
  const all = visibleReplicas(reader);
  const [first] = all;
  if (first === undefined) return null;
  const count = (state: ReplicaState): number => inState(all, state).length;
  return {
    readAt: isoTime(first.readAtMs),
    active: count("active"),
    standby: count("standby"),
    lost: count("lost"),
  };
}

/** What keeps a takeover from happening, or makes it more than a takeover. */
export function replicaItems(reader: Reader): readonly ActionItem[] {
  const all = visibleReplicas(reader);
  const running = all.filter(({ state }) => state !== "lost");
  return [
    ...standbyItems(all),
    ...unwatchedItems(all, reader.world.overview),
    ...unableItems(inState(all, "standby")),
    ...differenceItems(running, {
      message: "run different versions: the older ones cannot take over after a change of the schema",
      of: ({ version }) => version,
      hint: "complete the update, or end the replicas of the other version",
    }),
    ...differenceItems(running, {
      message:
        "have different catalogues of grants: a takeover compiles other permissions from the same manifests",
      of: ({ version, catalogueDigest }) => `${version}, catalogue ${catalogueDigest}`,
      isSame: ({ catalogueDigest }) => catalogueDigest,
      hint: "run the same version and the same plug-ins on each replica",
    }),
  ];
}

function standbyItems(all: readonly ReplicaRecord[]): readonly ActionItem[] {
  const [active] = inState(all, "active");
  if (active === undefined || inState(all, "standby").length > 0) return [];
  // One that ended before the active one began is its predecessor: a single replica that is started again has no standby.
  const together = inState(all, "lost").filter(({ seenMs }) => seenMs >= active.startedMs);
  if (together.length === 0) return [];
  const last = Math.max(...together.map(({ seenMs }) => seenMs));
  return [
    item({
      message: "no standby is left: nothing takes over when the active replica fails",
      details: together.map((replica) => `${replicaName(replica)} was last seen ${isoTime(replica.seenMs)}`),
      hint: "start the lost replicas again; grantkeeper get replicas",
      since: isoTime(last),
    }),
  ];
}

/** As of the read: the active replica takes the accounts back when it has withdrawn their assignment. */
function unwatchedItems(
  all: readonly ReplicaRecord[],
  overview: Pick<Overview, "tenancy" | "accounts">,
): readonly ActionItem[] {
  const lost = inState(all, "lost").filter(({ accounts }) => accounts.length > 0);
  if (lost.length === 0) return [];
  const names = accountNames(all, overview);
  return [
    item({
      message: "no replica makes the passes of accounts that are assigned to a lost replica",
      details: lost.map(
        ({ accounts, ...replica }) =>
          `${(names.get(replica.id) ?? accounts).join(", ")}: assigned to ${replicaName(replica)}, last seen ${isoTime(replica.seenMs)}`,
      ),
      hint: "if it lasts for more than a minute: grantkeeper runbook GrantkeeperAccountsWithoutReplica",
      since: isoTime(Math.min(...lost.map(({ seenMs }) => seenMs))),
    }),
  ];
}

/** By their last reports. */
function unableItems(standbys: readonly ReplicaRecord[]): readonly ActionItem[] {
  const details = standbys.flatMap((standby) =>
    standby.following?.kind === "unable" ? [`${replicaName(standby)}: ${standby.following.reason}`] : [],
  );
  if (details.length === 0) return [];
  return [
    item({
      message: "a standby cannot compile what is in force as the active replica does",
      details,
      hint: "correct the cause: after a takeover it would compile the same; grantkeeper get replicas",
      since: null,
    }),
  ];
}

interface ReplicaDifference {
  readonly message: string;
  /** What is shown of each replica. */
  readonly of: (replica: ReplicaRecord) => string;
  /** What should be equal; missing: what is shown. */
  readonly isSame?: (replica: ReplicaRecord) => string;
  readonly hint: string;
}

function differenceItems(
  running: readonly ReplicaRecord[],
  { message, of, isSame = of, hint }: ReplicaDifference,
): readonly ActionItem[] {
  const [oldest] = running;
  // The records are the oldest first: this is the start of the first other one.
  const other = running.find((replica) => oldest !== undefined && isSame(replica) !== isSame(oldest));
  if (other === undefined) return [];
  const details = running.map((replica) => `${replicaName(replica)}, ${replica.state}: ${of(replica)}`);
  return [item({ message, details, hint, since: isoTime(other.startedMs) })];
}

function item(facts: Pick<ActionItem, "message" | "details" | "hint" | "since">): ActionItem {
  return { kind: "replicas", target: "replicas", security: false, ...facts };
}

function inState(all: readonly ReplicaRecord[], wanted: ReplicaState): readonly ReplicaRecord[] {
  return all.filter(({ state }) => state === wanted);
}
