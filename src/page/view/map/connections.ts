import { drawnLines, isReadCompletely, type DrawnLine } from "../../../explain/reverse/drawn-lines.ts";
import type { PermissionsObject } from "../../../api/permissions.ts";
import type { PermissionLine } from "../../../model/answers/permission-line.ts";
import type { EffectiveState } from "../../../model/answers/permission-state.ts";
import { REMOVED_TEXT, type EdgeState } from "../../../model/answers/questions/access-map.ts";
import type { Key } from "../../../model/keys/key.ts";

/**
 * `declared`: in AWS too. `AWS only`: Git does not declare it. `no longer in Git`: neither, and the last applied revision did.
 * `pending`: a change is to add it. `declared, not observed`: AWS was not seen to have it, which is no proof that it does not.
 */
export const CONNECTION_STATES = [
  "declared",
  REMOVED_TEXT,
  "AWS only",
  "pending",
  "declared, not observed",
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

export const DIRECTIONS = ["may use", "limits to", "called by", "assumed by"] as const;
/** `limits to`: a boundary, which allows nothing itself. `assumed by`: a principal that may assume the role of the function. */
type ConnectionDirection = (typeof DIRECTIONS)[number];

/** One line of the map: a function, and a caller or a resource of it. */
export interface FunctionConnection {
  readonly key: Key;
  readonly direction: ConnectionDirection;
  /** `dynamodb read`, `sns`, `anyone, lambda:InvokeFunctionUrl`: with each condition. */
  readonly what: string;
  /** The resource or the principal. */
  readonly on: string;
  readonly state: ConnectionState;
  /** As the command line draws it. */
  readonly drawnAs: EdgeState;
  /** What the text search looks at: complete ARNs, and the role of the function. */
  readonly searched: string;
  /** It has a wildcard, or names that the controller does not list: it may match more than its texts show. */
  readonly hasWildcard: boolean;
}

/** What the connections do not show of functions that were read. */
export interface NotDrawn {
  readonly reason: string;
  readonly keys: readonly Key[];
}

/** The map of the functions: each has a connection, or is named in one of the other lists. */
interface DrawnMap {
  readonly connections: readonly FunctionConnection[];
  /** A part of them was not read. */
  readonly unread: readonly Key[];
  /** Read completely, with nothing to connect. */
  readonly withoutAny: readonly Key[];
  readonly notDrawn: readonly NotDrawn[];
}

export function connectionsOf(items: readonly PermissionsObject[]): DrawnMap {
  const parts = items.map(({ status }) => ({ status, drawn: drawnLines(status) }));
  const isRead = (part: (typeof parts)[number]): boolean => isReadCompletely(part.status.effective);
  const reasons = parts
    .filter(isRead)
    .flatMap(({ status: { key }, drawn }) => drawn.reasons.map((reason) => ({ reason, key })));
  const withoutAny = parts.filter(
    (part) => isRead(part) && part.drawn.lines.length + part.drawn.reasons.length === 0,
  );
  return {
    connections: parts.flatMap(({ status, drawn }) => connectionsOfFunction(status, drawn.lines)),
    unread: parts.filter((part) => !isRead(part)).map(({ status }) => status.key),
    withoutAny: withoutAny.map(({ status }) => status.key),
    notDrawn: [...Map.groupBy(reasons, ({ reason }) => reason)].map(([reason, all]) => ({
      reason,
      keys: all.map(({ key }) => key),
    })),
  };
}

function connectionsOfFunction(
  { key, isBoundary, effective }: PermissionsObject["status"],
  lines: readonly DrawnLine<PermissionLine>[],
): readonly FunctionConnection[] {
  const { inAws, inGit } = roleArnsOf(effective);
  return lines.map((drawn) =>
    connectionOf(
      drawn,
      { key, isBoundary: isBoundary === true },
      drawn.state === "pending" || drawn.state === "unknown" ? inGit : inAws,
    ),
  );
}

const STATES = {
  effective: "declared",
  removed: REMOVED_TEXT,
  undeclared: "AWS only",
  pending: "pending",
  unknown: "declared, not observed",
} as const satisfies Record<EdgeState, ConnectionState>;

/** The role that the function runs on, and the one that gets what a pending change adds. "": it was not read. */
function roleArnsOf(effective: EffectiveState): { readonly inAws: string; readonly inGit: string } {
  if (effective.kind === "unknown") return { inAws: "", inGit: "" };
  const { role } = effective;
  return { inAws: role.arn, inGit: role.kind === "other" ? role.declaredArn : role.arn };
}

function connectionOf(
  { line, state }: DrawnLine<PermissionLine>,
  { key, isBoundary }: { readonly key: Key; readonly isBoundary: boolean },
  roleArn: string,
): FunctionConnection {
  const { what, on, details, actions, resources, principal } = line;
  const texts = [key, roleArn, what, on, ...details, ...actions, ...resources, principal ?? ""];
  const direction = directionOf(line);
  return {
    key,
    direction: isBoundary && direction === "may use" ? "limits to" : direction,
    what: whatText(line),
    on: on === "" ? (principal ?? "") : on,
    state: STATES[state],
    drawnAs: state,
    searched: texts.join(" ").toLowerCase(),
    hasWildcard: hasWildcard(line),
  };
}

const USUAL: ReadonlySet<string> = new Set(["lambda:invokefunction", "sts:assumerole"]);

/** Two statements for one caller differ in their actions or conditions. */
function whatText({ kind, what, caller, actions, details }: PermissionLine): string {
  const isPermission = kind !== "caller" && kind !== "assumer";
  const others = isPermission ? [] : actions.filter((action) => !USUAL.has(action.toLowerCase()));
  return [caller ?? what, ...others, ...details].join(", ");
}

/** A pattern below a listed resource, such as the indexes of its table, adds no other resource. */
function hasWildcard({ actions, resources, principal, more }: PermissionLine): boolean {
  const open = resources.filter((name) => !resources.some((other) => name.startsWith(`${other}/`)));
  const names = [...actions, ...open, principal ?? ""];
  return more > 0 || names.some((name) => /[*?]|^all but /.test(name));
}

function directionOf({ kind }: PermissionLine): ConnectionDirection {
  if (kind === "caller") return "called by";
  return kind === "assumer" ? "assumed by" : "may use";
}

export interface MapFilter {
  readonly text: string;
  readonly direction: ConnectionDirection | null;
  readonly state: FunctionConnection["state"] | null;
}

export function readMapFilter(query: URLSearchParams): MapFilter {
  return {
    text: query.get("q") ?? "",
    direction: connectionDirection(query.get("direction")),
    state: connectionState(query.get("state")),
  };
}

/** null: every direction. */
export function connectionDirection(text: string | null): ConnectionDirection | null {
  return DIRECTIONS.find((direction) => direction === text) ?? null;
}

/** null: every state. */
export function connectionState(text: string | null): ConnectionState | null {
  return CONNECTION_STATES.find((state) => state === text) ?? null;
}

/** The lines that have the text, and those without it that may match it because of a wildcard. */
export function selectConnections(
  connections: readonly FunctionConnection[],
  { text, direction, state }: MapFilter,
): { readonly found: readonly FunctionConnection[]; readonly wildcards: readonly FunctionConnection[] } {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const chosen = connections.filter(
    (each) =>
      (direction === null || each.direction === direction) && (state === null || each.state === state),
  );
  const hasText = ({ searched }: FunctionConnection): boolean =>
    words.every((word) => searched.includes(word));
  return {
    found: chosen.filter(hasText),
    wildcards: chosen.filter((each) => each.hasWildcard && !hasText(each)),
  };
}
