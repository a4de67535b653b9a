import type { PermissionsObject } from "../../../api/permissions.ts";
import type { PermissionLine } from "../../../model/answers/permission-line.ts";
import type { EffectiveState, LineMarks } from "../../../model/answers/permission-state.ts";
import type { Key } from "../../../model/keys/key.ts";

/**
 * `AWS only`: Git does not declare it. `no longer in Git`: neither, and the last applied revision did. `Git only`: AWS was not
 * read, or a pending change is to add it.
 */
export const CONNECTION_STATES = ["declared", "no longer in Git", "AWS only", "Git only"] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** One line of the map: a function, and a caller or a resource of it. */
export interface FunctionConnection {
  readonly key: Key;
  readonly direction: "may use" | "called by";
  /** `dynamodb read`, `caller sns`. */
  readonly what: string;
  /** The resource or the principal. */
  readonly on: string;
  readonly state: ConnectionState;
  /** What the text search looks at: complete ARNs, and the role of the function. */
  readonly searched: string;
}

const SHOWN_KINDS: ReadonlySet<PermissionLine["kind"]> = new Set(["permission", "caller"]);

/** All connections of the functions, and the functions of which a part was not read. */
export function connectionsOf(items: readonly PermissionsObject[]): {
  readonly connections: readonly FunctionConnection[];
  readonly unread: readonly Key[];
} {
  return {
    connections: items.flatMap(ofFunction),
    unread: items.flatMap(({ status: { key, effective } }) =>
      effective.kind === "unknown" ||
      effective.unknown.length > 0 ||
      effective.permissions.more > 0 ||
      effective.failing !== null
        ? [key]
        : [],
    ),
  };
}

function ofFunction({
  status: { key, declared, effective, pending },
}: PermissionsObject): readonly FunctionConnection[] {
  const inGit = declared.kind === "declared" ? declared.permissions.lines : [];
  if (effective.kind === "unknown")
    return inGit.flatMap((line) => connectionOf(line, { key, roleArn: "", state: "Git only" }));
  const missing = pending.flatMap(({ add, isOutdated }) => (isOutdated === true ? [] : add.lines));
  const { inAws, inGit: roleInGit } = roleArnsOf(effective);
  return [
    ...effective.permissions.lines.flatMap((line) =>
      connectionOf(line, { key, roleArn: inAws, state: stateInAws(line) }),
    ),
    ...missing.flatMap((line) => connectionOf(line, { key, roleArn: roleInGit, state: "Git only" })),
  ];
}

function stateInAws({ isDeclared, wasDeclared }: LineMarks): ConnectionState {
  if (isDeclared) return "declared";
  return wasDeclared ? "no longer in Git" : "AWS only";
}

/** The role that the function runs on, and the one that gets what a pending change adds. */
function roleArnsOf({ role }: Extract<EffectiveState, { readonly kind: "read" }>): {
  readonly inAws: string;
  readonly inGit: string;
} {
  return { inAws: role.arn, inGit: role.kind === "other" ? role.declaredArn : role.arn };
}

function connectionOf(
  line: PermissionLine,
  {
    key,
    roleArn,
    state,
  }: Pick<FunctionConnection, "key" | "state"> & {
    /** "": it was not read. */
    readonly roleArn: string;
  },
): readonly FunctionConnection[] {
  if (!SHOWN_KINDS.has(line.kind)) return [];
  const { what, on, actions, resources, principal } = line;
  const direction = line.kind === "caller" ? "called by" : "may use";
  const texts = [key, roleArn, what, on, ...actions, ...resources, principal ?? ""];
  const searched = texts.join(" ").toLowerCase();
  return [{ key, direction, what, on: on === "" ? (principal ?? "") : on, state, searched }];
}

export interface MapFilter {
  readonly text: string;
  readonly direction: FunctionConnection["direction"] | null;
  readonly state: FunctionConnection["state"] | null;
}

export function readMapFilter(query: URLSearchParams): MapFilter {
  const direction = query.get("direction");
  return {
    text: query.get("q") ?? "",
    direction: direction === "may use" || direction === "called by" ? direction : null,
    state: connectionState(query.get("state")),
  };
}

/** null: every state. */
export function connectionState(text: string | null): ConnectionState | null {
  return CONNECTION_STATES.find((state) => state === text) ?? null;
}

export function selectConnections(
  connections: readonly FunctionConnection[],
  { text, direction, state }: MapFilter,
): readonly FunctionConnection[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return connections.filter(
    (each) =>
      (direction === null || each.direction === direction) &&
      (state === null || each.state === state) &&
      words.every((word) => each.searched.includes(word)),
  );
}
