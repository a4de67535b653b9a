import { namesText, shortNames } from "../../iam/row-text.ts";
import { stableText } from "../../text/json-values.ts";
import {
  COMPARISON_LIMIT,
  statementChanges,
  type Delta,
  type DeltaRow,
  type NameSet,
} from "../../model/delta.ts";
import type { Origin } from "../../model/values/origin.ts";
import { assumerParts, callerParts } from "./caller-text.ts";
import { conditionTexts } from "./condition-text.ts";
import { hanging, rowLines, widthsOf, type Row } from "./columns.ts";
import { grantOfRow, isAnyone, documentText, namedResources, rowText } from "./words.ts";
import { distinctNames, resourcesText, type Home } from "./resource-text.ts";

/** Whether the statement of a row was added or removed. */
type Sign = "+" | "-";

/**
 * Prints one line for each grant, or for each statement and resource. The columns fit 80 columns together with the
 * indent.
 */
export function deltaLines(delta: Delta, home: Home, indent: string): readonly string[] {
  const { added, removed } = statementChanges(delta);
  const rows = [...statementRows(added, "+", home), ...statementRows(removed, "-", home)];
  const widths = widthsOf(rows, indent.length);
  return [
    ...rows.flatMap((row) => rowLines(row, widths)).map((line) => `${indent}${line}`),
    ...unknownLines(delta).flatMap((line) => hanging(line, indent)),
  ];
}

/** Prints all declared permissions, without a sign, if there is no other state to compare them with. */
export function declaredLines(delta: Delta, home: Home, indent: string): readonly string[] {
  const rows = statementRows(statementChanges(delta).added, "+", home).map((row) => ({ ...row, sign: "" }));
  const widths = widthsOf(rows, indent.length);
  return rows.flatMap((row) => rowLines(row, widths)).map((line) => `${indent}${line}`);
}

/** Prints the permissions that read a changing tag. It is not known whether they then allow more or less. */
function unknownLines({ unknownEffect }: Delta): readonly string[] {
  const lines = unknownEffect.map((effect) =>
    effect.kind === "role-tag"
      ? `! tag ${effect.tag} decides whether it may ${rowText(effect.row)}`
      : `! ${COMPARISON_LIMIT}`,
  );
  return [...new Set(lines)];
}

function statementRows(rows: readonly DeltaRow[], sign: Sign, home: Home): readonly Row[] {
  const groups = Map.groupBy(rows, (row) => togetherName(row, sign));
  return [...groups.values()].flatMap((group): readonly Row[] => {
    const [first] = group;
    if (first === undefined) return [];
    const line = first.origin === null ? sourceText(first) : lineText(first.origin.line, sign);
    const remark = remarkOf(first, sign);
    const place =
      first.from.kind === "boundary" ? (remark ?? line) : [line, remark].filter(Boolean).join(", ");
    const { what, on, below } =
      first.principal === null ? roleParts(group, home) : callerRowParts(first.principal, group, home);
    const denied = first.effect === "Deny" ? "Deny " : "";
    return [
      {
        sign,
        indent: "",
        cells: [`${denied}${what}`, on, place],
        below: [...below, ...fromTemplate(first.origin)],
      },
    ];
  });
}

/** The lines above are those of the use: the permission itself is written in the template. */
export function fromTemplate(origin: Origin | null): readonly string[] {
  return origin?.template === undefined ? [] : [`from template ${origin.template.name}`];
}

function lineText(line: number, sign: Sign): string {
  return sign === "+" ? `line ${line}` : `was line ${line}`;
}

interface RowParts {
  readonly what: string;
  readonly on: string;
  readonly below: readonly string[];
}

/** A grant by its name. Of other statements every action is shown, and every condition. */
function roleParts(group: readonly DeltaRow[], home: Home): RowParts {
  const [first] = group;
  if (first === undefined) return { what: "", on: "", below: [] };
  const on = resourcesText(distinctNames(group.map(namedResources)), home);
  const grant = grantOfRow(first);
  if (grant !== null) return { what: grant, on, below: [] };
  const actions = distinctNames(group.map(({ action }) => action));
  const below = actions.length > 1 ? [actions.map(withoutService).join(" ")] : [];
  const what = actions.length === 1 ? actionText(first) : `${actions.length} actions`;
  return { what, on, below: [...below, ...conditionTexts(first.condition)] };
}

function callerRowParts(principal: NameSet, group: readonly DeltaRow[], home: Home): RowParts {
  const [first] = group;
  if (first === undefined) return { what: "", on: "", below: [] };
  const isTrust = first.from.kind === "trust";
  const parts = isTrust ? assumerParts : callerParts;
  const { what, on, details } = parts(principal, first.condition, home);
  const usual = isTrust ? "sts:assumerole" : "lambda:invokefunction";
  const others = [...new Set(group.map(({ action }) => namesText(action)))].filter(
    (action) => action.toLowerCase() !== usual,
  );
  const isPublic =
    !isTrust &&
    isAnyone(principal) &&
    first.condition.kind === "none" &&
    others.length === 0 &&
    first.effect === "Allow";
  return {
    what: isPublic ? "anyone can invoke" : what,
    on,
    below: [...(others.length === 0 ? [] : [`may call ${others.join(", ")}`]), ...details],
  };
}

function actionText({ action }: DeltaRow): string {
  if (action.kind === "unknown") return "something that is not understood";
  return action.kind === "any" ? "all actions" : shortNames(action);
}

/** Explains why a permission is added or removed although both states have its statement. */
function remarkOf({ effect, limit, condition, otherCondition }: DeltaRow, sign: Sign): string | null {
  if (effect === "Deny") return null;
  if (limit !== null) return LIMITS[sign][limit.kind];
  if (otherCondition === null) return null;
  if (condition.kind === "none") return sign === "+" ? "without its condition" : "with a new condition";
  return "under another condition";
}

const LIMITS = {
  "+": { denial: "no longer denied", boundary: "inside the boundary now" },
  "-": { denial: "denied now", boundary: "outside the boundary now" },
} as const satisfies Record<Sign, Record<NonNullable<DeltaRow["limit"]>["kind"], string>>;

/** The place in AWS of a permission that Git does not declare. */
function sourceText({ principal, sid, from }: DeltaRow): string {
  if (principal === null || from.kind === "trust") return documentText(from);
  return sid === null ? "statement without Sid" : `statement "${sid}"`;
}

/** A grant of the catalogue is several statements: people wrote it as one. */
function togetherName(row: DeltaRow, sign: Sign): string {
  const grant = grantOfRow(row);
  const where = row.origin === null ? row.from : [row.origin.line, row.origin.template?.line ?? null];
  const remark = remarkOf(row, sign);
  return grant === null
    ? stableText([row.effect, row.sid, row.from, row.resource, row.principal, row.condition, remark])
    : stableText([row.effect, grant, where, row.principal, remark]);
}

function withoutService(action: NameSet): string {
  return action.kind === "one" ? action.name.slice(action.name.indexOf(":") + 1) : shortNames(action);
}
