import { stableText } from "../../text/json-values.ts";
import {
  COMPARISON_LIMIT,
  statementChanges,
  type Delta,
  type DeltaRow,
  type PermissionRow,
  type UnknownEffect,
} from "../../model/delta.ts";
import type { Origin } from "../../model/values/origin.ts";
import { type Home, conditionTexts, documentPlace, grantOfRow, placeWords } from "./words.ts";
import { subjectOf, subjectText, type PermissionSubject } from "./subject.ts";

/** One permission that a change grants or revokes, as every screen, alert and audit entry shows it. */
export interface PermissionChange extends PermissionSubject {
  /** `~`: it stays, with a new condition. `!`: the effect is not known. */
  readonly sign: Sign | "~" | "!";
  /** `policy "grantkeeper"`, `statement "test1"`; "" if `remark` names it. */
  readonly place: string;
  /** Why a permission changes although its own statement does not: `no longer denied`; "" if it does. */
  readonly remark: string;
  /** null: Git does not declare it. */
  readonly origin: Origin | null;
}

/** Whether the statement of a row was added or removed. */
type Sign = "+" | "-";

/** Grants come before revocations, in the order of the delta. The rows of one grant or statement are one change. */
export function permissionChanges(delta: Delta, home: Home): readonly PermissionChange[] {
  const { added, removed } = statementChanges(delta);
  const rest = {
    sign: "!",
    on: "",
    actions: [],
    conditions: [],
    place: "",
    remark: "",
    origin: null,
  } as const;
  return [
    ...changesOf(added, "+", home),
    ...changesOf(removed, "-", home),
    ...unknownTexts(delta, home).map((what) => ({ ...rest, what })),
  ];
}

/** Changes whose effect is not known, each once. */
export function unknownTexts({ unknownEffect }: Delta, home: Home): readonly string[] {
  return [...new Set(unknownEffect.map((effect) => unknownText(effect, home)))];
}

function unknownText(effect: UnknownEffect, home: Home): string {
  if (effect.kind === "comparison-limit") return COMPARISON_LIMIT;
  return `tag ${effect.tag} decides on ${rowsText([effect.row], home)}`;
}

/** `+ dynamodb read table/customers, policy "grantkeeper"`. */
export function permissionText(change: PermissionChange): string {
  return `${change.sign} ${unsignedText(change)}`;
}

/** The same without its sign. */
export function unsignedText(change: PermissionChange): string {
  const { conditions, place, remark } = change;
  return [subjectText(change), ...conditions, place, remark].filter((part) => part !== "").join(", ");
}

const SHOWN = 2;

/** The first permissions, without their places, and the number of the remaining ones. */
export function rowsText(rows: readonly PermissionRow[], home: Home): string {
  const changes = groupsOf(rows, () => "").map((group) => changeOf(group, { sign: "+", remark: "" }, home));
  return shortChanges(changes.map(shortChangeText));
}

/** `sqs:SendMessage queue/x under a condition`. */
export function shortChangeText(change: PermissionChange): string {
  const [first, second, ...more] = change.actions;
  const actions =
    first === undefined || second === undefined || more.length === 0
      ? change.actions
      : [first, second, `${more.length} more`];
  return `${subjectText({ ...change, actions })}${change.conditions.length === 0 ? "" : " under a condition"}`;
}

export function shortChanges(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const more = distinct.length - SHOWN;
  return [...distinct.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function changesOf(rows: readonly DeltaRow[], sign: Sign, home: Home): readonly PermissionChange[] {
  const differs = (row: DeltaRow): string => stableText([remarkOf(row, sign), newCondition(row)]);
  return groupsOf(rows, differs).map((group) => {
    const [first] = group;
    const change = changeOf(group, { sign, remark: remarkOf(first, sign) }, home);
    const kept = sign === "-" ? newCondition(first) : null;
    return kept === null ? change : { ...change, sign: "~", conditions: conditionTexts(kept) };
  });
}

type Group<Row> = readonly [Row, ...Row[]];

/** A grant of the catalogue is several statements, written as one; of other statements each resource is a line. */
function groupsOf<Row extends PermissionRow>(
  rows: readonly Row[],
  remark: (row: Row) => string,
): readonly Group<Row>[] {
  const groups = Map.groupBy(rows, (row) => {
    const { effect, principal, sid, from, resource, condition, origin } = row;
    const grant = grantOfRow(row);
    return grant === null
      ? stableText([effect, principal, sid, from, resource, condition, remark(row)])
      : stableText([
          effect,
          principal,
          grant,
          origin?.line ?? null,
          origin?.template?.line ?? null,
          remark(row),
        ]);
  });
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [[first, ...more] as const],
  );
}

function changeOf(
  rows: Group<PermissionRow>,
  { sign, remark }: Pick<PermissionChange, "sign" | "remark">,
  home: Home,
): PermissionChange {
  const [first] = rows;
  const subject = subjectOf(rows, home, grantOfRow(first));
  const denied = first.effect === "Deny" ? "Deny " : "";
  const place = first.from.kind === "boundary" && remark !== "" ? "" : placeOf(first);
  return { ...subject, what: `${denied}${subject.what}`, sign, place, remark, origin: first.origin };
}

/** The place in AWS. */
function placeOf({ from, sid, principal }: PermissionRow): string {
  return placeWords(
    principal === null || from.kind === "trust" ? documentPlace(from) : { kind: "statement", sid },
  );
}

/** The condition under which the permission stays, although it no longer has it always; null: it is revoked. */
function newCondition({ effect, limit, condition, otherCondition }: DeltaRow): DeltaRow["otherCondition"] {
  return effect === "Allow" && limit === null && condition.kind === "none" ? otherCondition : null;
}

function remarkOf({ effect, limit, condition, otherCondition }: DeltaRow, sign: Sign): string {
  if (effect === "Deny") return "";
  if (limit !== null) return LIMITS[sign][limit.kind];
  if (otherCondition === null) return "";
  if (condition.kind === "none") return sign === "+" ? "without its condition" : "with a new condition";
  return "under another condition";
}

const LIMITS = {
  "+": { denial: "no longer denied", boundary: "no longer limited by the boundary" },
  "-": { denial: "denied now", boundary: "outside the boundary now" },
} as const satisfies Record<Sign, Record<NonNullable<DeltaRow["limit"]>["kind"], string>>;
