import { API_VERSION } from "../../api/group.ts";
import type { PermissionsObject } from "../../api/permissions.ts";
import type { LinePlace } from "../../model/answers/permission-line.ts";
import type { Key } from "../../model/keys/key.ts";
import {
  limitedLines,
  type EffectiveState,
  type PermissionState,
} from "../../model/answers/permission-state.ts";
import { hidesRoles, visibleKeys, type Reader } from "../request/reader.ts";
import { keyMetadata } from "./metadata.ts";

/** Of functions and ManagedPolicies. Made when it is read: a list of ten thousand is selected and cut before that. */
export function permissions(reader: Reader): readonly PermissionsObject[] {
  return visibleKeys(reader).map((key) => ({
    apiVersion: API_VERSION,
    kind: "Permissions",
    metadata: keyMetadata(reader, key),
    get status() {
      return shownState(reader, key);
    },
  }));
}

function shownState(reader: Reader, key: Key): PermissionState {
  const state = reader.permissionState(key);
  const view = reader.keyView(key);
  if (view === null || !hidesRoles(reader, view)) return state;
  return {
    ...state,
    effective: withoutRole(state.effective),
    pending: state.pending.map((change) => ({
      ...change,
      add: limitedLines(change.add.lines.filter(({ place }) => DECLARED.has(place.kind))),
      remove: limitedLines([]),
      settings: [],
      other: [],
    })),
  };
}

/** Lines of the own manifest. Others come from policies of the role. */
const DECLARED: ReadonlySet<LinePlace["kind"]> = new Set(["line", "former-line", "always"]);
const HIDDEN = "the role belongs to another owner: what it may do is not shown";

/** Who may call the function is its own; what its role may do is the owner's. */
function withoutRole(effective: EffectiveState): EffectiveState {
  if (effective.kind !== "read") return effective;
  const { permissions: all, role } = effective;
  const callers = all.lines.filter(({ kind }) => kind === "caller" || kind === "caller-denial");
  return {
    ...effective,
    role: { kind: "hidden", arn: role.arn },
    permissions: { lines: callers, more: 0 },
    boundary: null,
    settings: [],
    withoutEffect: limitedLines([]),
    // The sentences name policies of the role.
    unknown: effective.unknown.length === 0 ? [HIDDEN] : [HIDDEN, "other parts were not read"],
  };
}
