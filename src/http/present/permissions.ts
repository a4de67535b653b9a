import type { DenialsObject, PermissionsObject } from "../../api/permissions.ts";
import type { AccountView } from "../../controller/ports/control.ts";
import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import { shownState } from "../../plan/render/shown-state.ts";
import { byTextOf } from "../../text/order.ts";
import type { LinePlace } from "../../model/answers/permission-line.ts";
import type { Key } from "../../model/keys/key.ts";
import { limitedLines, type PermissionState, type TypedState } from "../../model/answers/permission-state.ts";
import { seesEverything } from "../access/access.ts";
import { hidesLive, hidesRoles, visibleKeys, type Reader } from "../request/reader.ts";
import { envelope, isoTime, keyMetadata } from "./metadata.ts";

/** The permissions of functions and ManagedPolicies. The status is computed when it is read: a list of ten thousand is selected and cut before that. */
export function permissions(reader: Reader): readonly PermissionsObject[] {
  return visibleKeys(reader).map((key) => ({
    ...envelope("Permissions", keyMetadata(reader, key)),
    get status() {
      return statusOf(reader, key);
    },
  }));
}

function statusOf(reader: Reader, key: Key): PermissionState {
  return shownState(visibleState(reader, key));
}

/** Without what belongs to others. @throws Error a bug: `readApplied` was not called for the key */
export function visibleState(reader: Reader, key: Key): TypedState {
  return withoutOthers(reader, key, reader.permissionState(key));
}

/** Who may call the function, and its roles, without what belongs to others. @throws Error a bug: `readAccess` was not called for the key */
export function visibleAccess(reader: Reader, key: Key): TypedState {
  return withoutOthers(reader, key, reader.accessState(key));
}

function withoutOthers(reader: Reader, key: Key, state: TypedState): TypedState {
  const view = reader.keyView(key);
  if (view === null || !hidesRoles(reader, view)) return withoutPublished(reader, state);
  const isHidden = hidesLive(reader, view);
  return {
    ...state,
    comparisons: isHidden ? [] : state.comparisons.map(({ arn }) => ({ kind: "hidden", arn })),
    effective: isHidden ? NOT_SHOWN : withoutRole(state.effective),
    pending: state.pending.map((change) => ({
      ...change,
      add: limitedLines(change.add.lines.filter(({ place }) => DECLARED.has(place.kind))),
      remove: limitedLines([]),
      settings: [],
      other: [],
    })),
  };
}

/** The owners of the roles of published versions are not read. */
function withoutPublished({ access }: Reader, state: TypedState): TypedState {
  if (seesEverything(access)) return state;
  const latest = state.effective.kind === "read" ? state.effective.role.arn : null;
  return {
    ...state,
    comparisons: state.comparisons.map((one) =>
      one.arn === latest ? one : { kind: "hidden", arn: one.arn },
    ),
  };
}

/** Lines of the function's own manifest. Other lines come from policies of the role. */
const DECLARED: ReadonlySet<LinePlace["kind"]> = new Set(["line", "former-line", "always"]);
const HIDDEN = "the role belongs to another owner: its permissions are not shown";

const NOT_SHOWN: TypedState["effective"] = {
  kind: "unknown",
  reason: "its Team does not allow the function: nothing that was read of it is shown",
};

/** The callers belong to the function; the permissions of its role belong to the owner of the role. */
function withoutRole(effective: TypedState["effective"]): TypedState["effective"] {
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
    // These sentences name policies of the role.
    unknown: effective.unknown.length === 0 ? [HIDDEN] : [HIDDEN, "other parts were not read"],
  };
}

/** The denials of the functions that the record has, sorted by key. */
export function denials(reader: Reader): readonly DenialsObject[] {
  return [...reader.world.accounts.values()]
    .flatMap((account) =>
      (account.functionDenials ?? []).flatMap((one) => denialsObject(reader, account, one)),
    )
    .toSorted(byTextOf(({ status }) => status.key));
}

/** A manifest can name the function or the role of others: a token with namespaces sees nothing of what these call. */
function denialsObject(
  reader: Reader,
  { name: account }: AccountView,
  { key, requests, otherCalls }: FunctionDenials,
): readonly DenialsObject[] {
  const view = reader.keyView(key);
  const isShown = seesEverything(reader.access) || (view !== null && !hidesRoles(reader, view));
  if (!isShown || !reader.world.places.has(key)) return [];
  return [
    {
      ...envelope("Denials", keyMetadata(reader, key)),
      status: {
        key,
        account,
        requests: requests.map(({ reported, calls, firstMs, lastMs, hasOtherObjects }) => ({
          reported,
          calls,
          firstAt: isoTime(firstMs),
          lastAt: isoTime(lastMs),
          hasOtherObjects,
        })),
        otherCalls,
      },
    },
  ];
}
