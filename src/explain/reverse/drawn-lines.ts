import type { PermissionLine } from "../../model/answers/permission-line.ts";
import {
  isDeclarationObserved,
  type EffectiveLine,
  type EffectiveState,
  type Lines,
  type PermissionState,
} from "../../model/answers/permission-state.ts";
import type { EdgeState } from "../../model/answers/questions/access-map.ts";

type NamedLine = Pick<PermissionLine, "kind" | "what" | "on" | "details">;

export interface DrawnLine<Line> {
  readonly line: Line;
  readonly state: EdgeState;
}

/** What the maps and pictures of a function draw of it, in the command line and in the page alike. */
interface DrawnLines<Line> {
  /** What is in AWS, what is pending, and what is declared and was not observed in AWS. */
  readonly lines: readonly DrawnLine<Line>[];
  /** What is not drawn. */
  readonly reasons: readonly string[];
}

export function drawnLines<Line extends NamedLine>(state: PermissionState<Line>): DrawnLines<Line> {
  const { effective, pending } = state;
  const inAws = effective.kind === "read" ? effective.permissions : NO_LINES;
  // What a pass found before Git changed may no longer be what it will do.
  const added = effective.kind === "read" ? pending.filter(({ isOutdated }) => isOutdated !== true) : [];
  const drawn: readonly DrawnLine<Line>[] = [
    ...inAws.lines.map((line) => ({ line, state: stateInAws(line) })),
    ...added.flatMap(({ add }) => add.lines.map((line) => notInAws(line, "pending"))),
  ];
  const inGit = declaredLines(state);
  const known = new Set(drawn.map(({ line }) => nameOf(line)));
  const onlyInGit = inGit.lines.filter((line) => !known.has(nameOf(line)));
  const lines = [...drawn, ...onlyInGit.map((line) => notInAws(line, "unknown"))];
  const left = [inAws, inGit, ...added.map(({ add }) => add)].reduce((sum, { more }) => sum + more, 0);
  const isOutdated = pending.some((change) => change.isOutdated === true && change.add.lines.length > 0);
  const has = (wanted: (line: Line) => boolean): boolean => lines.some(({ line }) => wanted(line));
  return {
    lines: lines.filter(({ line }) => line.kind !== "unknown" && !isDenial(line)),
    reasons: [
      ...unreadOf(effective),
      ...(left > 0 ? ["more permissions than are listed"] : []),
      ...(isOutdated ? ["changes that were found before Git changed"] : []),
      ...(has(({ kind }) => kind === "unknown") ? ["statements that are not understood"] : []),
      ...(has(isDenial) ? ["statements that deny"] : []),
    ],
  };
}

/** False: AWS may have more than the lines, so that an empty list is no answer. */
export function isReadCompletely(effective: EffectiveState<unknown>): boolean {
  return (
    effective.kind === "read" &&
    effective.failing === null &&
    effective.unknown.length === 0 &&
    effective.permissions.more === 0 &&
    effective.role.kind !== "unknown" &&
    effective.role.kind !== "hidden"
  );
}

export function isCaller({ kind }: NamedLine): boolean {
  return kind === "caller" || kind === "assumer";
}

const NO_LINES = { lines: [], more: 0 };

/** Drawn where AWS was not seen to have it. */
function declaredLines<Line>({ declared, effective, pending }: PermissionState<Line>): Lines<Line> {
  const isCompared = !pending.some(({ reason }) => reason.kind === "not-compared");
  return isDeclarationObserved({ effective, isCompared }) || declared.kind !== "declared"
    ? NO_LINES
    : declared.permissions;
}

function notInAws<Line>(line: Line, state: "pending" | "unknown"): DrawnLine<Line> {
  return { line, state };
}

function stateInAws({
  isDeclared,
  wasDeclared,
}: Pick<EffectiveLine, "isDeclared" | "wasDeclared">): EdgeState {
  if (isDeclared) return "effective";
  return wasDeclared ? "removed" : "undeclared";
}

function nameOf({ kind, what, on, details }: NamedLine): string {
  return JSON.stringify([kind, what, on, details]);
}

function unreadOf(effective: EffectiveState<unknown>): readonly string[] {
  if (effective.kind === "unknown") return [effective.reason];
  const { failing, unknown } = effective;
  return failing === null ? unknown : [...unknown, `newer reads fail: ${failing.reason}`];
}

function isDenial({ kind }: NamedLine): boolean {
  return kind === "denial" || kind === "caller-denial" || kind === "assumer-denial";
}
