import { type ActionItem } from "../../../src/api/action-required.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { overview } from "../../../src/http/present/overview.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../../src/model/status.ts";
import { accessOf } from "./access.ts";
import { fakeState } from "./api-world.ts";
import { ORDERS_API } from "./world-keys.ts";
import { condition, record, view } from "./world-states.ts";
import { FakeControl, NOW } from "../fakes/fake-control.ts";
import type { FakeState } from "../fakes/fake-state.ts";

export const NOW_MS = Date.parse(NOW);
export const LONG_AGO = new Date(NOW_MS - 3_600_000).toISOString();
export const ALL = accessOf("local", "all", ["read", "approve"]);

/** Nothing to do: one account that was read, one binding that is as declared. */
export function calm(): FakeState {
  const state = fakeState();
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record === null ? null : { ...account.record, failing: null },
  }));
  return {
    ...state,
    records: [record(ORDERS_API)],
    views: new Map([[ORDERS_API, view(ORDERS_API)]]),
    overview: {
      ...state.overview,
      accounts,
      source: { ...state.overview.source, held: null, failure: null },
      diagnostics: [],
      holds: [],
      suspensions: [],
      orphans: [],
      alertRoutes: [],
    },
  };
}

export async function itemsOf(state: FakeState, access: Access = ALL): Promise<readonly ActionItem[]> {
  const control = new FakeControl(state);
  const world = await new WorldReader(control).read();
  return overview(readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS })).status
    .actionRequired;
}

export function withStatus(change: Partial<KeyStatus>, key: Key = ORDERS_API): FakeState {
  return { ...calm(), records: [record(key, change)] };
}
/** The problem status of each reason; its condition type follows the API resources. */
const BAD: { readonly [R in ConditionReason]: Partial<KeyStatus> } = {
  ReconciliationSucceeded: ready("True"),
  ObserveOnly: { ...ready("True"), mode: "observe", sync: "OutOfSync" },
  Released: ready("True"),
  AccountRemoved: { ...ready("Unknown"), sync: "Unknown" },
  ValidationFailed: { ...ready("False"), sync: "Unknown" },
  DependencyNotReady: ready("False"),
  ReferenceNotResolved: ready("False"),
  GuardrailRefused: ready("False"),
  AwaitingApproval: ready("False"),
  ChangeWindowClosed: ready("False"),
  WaitingForDependency: ready("False"),
  Rejected: ready("False"),
  ReconciliationFailed: ready("False"),
  PruneFailed: ready("False"),
  AccessDenied: ready("False"),
  OwnershipConflict: ready("False"),
  RoleNotUsed: ready("False"),
  RoleNotPublished: ready("False"),
  NotCompared: { ...ready("Unknown"), sync: "Unknown" },
  Progressing: { ...ready("Unknown"), sync: "Unknown" },
  ProgressingWithRetry: at("Reconciling"),
  WaitingForFunction: ready("Unknown"),
  ImmutableField: at("Stalled"),
  UnmodifiableRole: at("Stalled"),
  QuotaExceeded: at("Stalled"),
  RejectedByAws: at("Stalled"),
  DriftDetected: at("Drifted"),
  NoDriftDetected: { conditions: [condition({ type: "Drifted", status: "False" })] },
  CorrectionFailed: at("Drifted"),
  Contended: at("Drifted"),
  UpstreamChanged: at("Drifted"),
  Suspended: at("Suspended"),
};

function ready(status: Condition["status"]): Partial<KeyStatus> {
  return { conditions: [condition({ status, lastTransitionTime: LONG_AGO })] };
}

function at(type: Condition["type"]): Partial<KeyStatus> {
  return { conditions: [condition(), condition({ type, status: "True", lastTransitionTime: LONG_AGO })] };
}

export function badly(reason: ConditionReason): Partial<KeyStatus> {
  const { conditions = [], ...rest } = BAD[reason];
  const last = conditions.at(-1);
  if (last === undefined) throw new Error("no condition");
  return { ...rest, conditions: [...conditions.slice(0, -1), { ...last, reason, message: "why" }] };
}

export function kindsOf(items: readonly ActionItem[]): readonly string[] {
  return items.map(({ kind }) => kind);
}
