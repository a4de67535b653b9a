import type { AccountCoverage } from "../../../src/model/answers/coverage.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { Overview, Refusal } from "../../../src/controller/ports/control.ts";
import type { UndoPlans } from "../../../src/model/answers/undo-plans.ts";
import type { Suspension } from "../../../src/model/approval.ts";
import type { Waiver } from "../../../src/model/desired.ts";
import type { DesiredTeam } from "../../../src/model/rules/team.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { PermissionState } from "../../../src/model/answers/permission-state.ts";
import type { ObjectRecord } from "../../../src/model/records/object-record.ts";

/** What the fake answers with; tests change it at will. */
export interface FakeState {
  overview: Overview;
  objects: readonly ObjectRecord[];
  records: readonly KeyRecord[];
  views: ReadonlyMap<Key, KeyView>;
  permissions: ReadonlyMap<Key, PermissionState>;
  /** Missing: none. */
  uncompared?: ReadonlySet<Key>;
  /** Missing: what the views have. */
  declared?: ReadonlyMap<Key, KeyView["desired"]>;
  waivers: readonly Waiver[];
  teams: readonly DesiredTeam[];
  /** Missing: no account was read. */
  coverage?: readonly AccountCoverage[];
  history: readonly AuditEntry[];
  version: number;
  ready: boolean;
  /** By digest: what was held under it before. */
  formerlyHeld: ReadonlyMap<string, readonly Key[]>;
  /** By the short name. */
  namesakes?: ReadonlyMap<string, readonly Key[]>;
  undoPlans?: UndoPlans;
  /** The suspensions of an ordered undo. */
  ordered?: readonly Suspension[];
  /** Answers every command with this refusal. */
  refusal: Refusal | null;
  /** Thrown by every read: a store that broke. */
  broken: Error | null;
}
