import { membersOf, shortList } from "../iam/reach.ts";
import { stableText } from "../iam/text.ts";
import { COMPARISON_LIMIT, type Delta, type DeltaRow } from "../model/delta.ts";
import { columns, grantOfSid, principalText, rowText, shortArn } from "./render-words.ts";

/** Which way a row went. */
type Side = "allowed" | "noLongerAllowed";

/** One line a grant, or a statement and resource; its actions below. */
export function rowLines(delta: Delta, indent: string): readonly string[] {
  const lines = [...statementCells(delta, "allowed"), ...statementCells(delta, "noLongerAllowed")];
  const heads = columns(
    lines.map(({ cells }) => cells),
    "  ",
  );
  const rows = lines.flatMap(({ below }, at) => [
    `${indent}${heads[at] ?? ""}`,
    ...(below === null ? [] : [`${indent}${" ".repeat(17)}${below}`]),
  ]);
  return [...rows, ...unknownLines(delta).map((line) => `${indent}${line}`)];
}

/** What reads a tag that changes: whether it then allows more or less nobody can say. */
function unknownLines({ unknownEffect }: Delta): readonly string[] {
  const lines = unknownEffect.map((effect) =>
    effect.kind === "role-tag"
      ? `! tag ${effect.tag} decides whether it may ${rowText(effect.row)}`
      : `! ${COMPARISON_LIMIT}`,
  );
  return [...new Set(lines)];
}

interface StatementCells {
  readonly cells: readonly string[];
  readonly below: string | null;
}

const LABELS = {
  allowed: { label: "+ may now", was: "" },
  noLongerAllowed: { label: "- may no longer", was: "was " },
} as const satisfies Record<Side, { readonly label: string; readonly was: string }>;

function statementCells(delta: Delta, side: Side): readonly StatementCells[] {
  const { label, was } = LABELS[side];
  const groups = Map.groupBy(delta[side], (row) => togetherName(row, side));
  return [...groups.values()].flatMap((group): readonly StatementCells[] => {
    const [first] = group;
    if (first === undefined) return [];
    const actions = [...new Set(group.map((row) => row.action))];
    const grant = grantOfSid(first.sid);
    const what = grant ?? (actions.length === 1 ? actionText(first) : `${actions.length} actions`);
    const who = first.principal === null ? "" : `${principalText(first.principal)} `;
    const denied = first.effect === "Deny" ? "Deny " : "";
    const line = first.origin === null ? sourceText(first) : `${was}line ${first.origin.line}`;
    const remark = remarkOf(first, side);
    const { names, indexes } = resourceNames(group.map((row) => row.resource));
    const why = [line, ...(remark === null ? [] : [remark])].join(", ");
    const cells = [
      label.padEnd(15),
      `${who}${denied}${what}`,
      names,
      first.from === "boundary" ? (remark ?? line) : why,
    ];
    const listed = grant !== null || actions.length > 1;
    const too = indexes ? ", indexes too" : "";
    return [{ cells, below: listed ? `${actions.map(withoutService).join(" ")}${too}` : null }];
  });
}

function actionText({ action }: DeltaRow): string {
  return action === "unknown" ? "something that is not understood" : shortList(action);
}

/** Why a permission comes or goes that stands in both states. */
function remarkOf({ limit, condition, otherCondition }: DeltaRow, side: Side): string | null {
  if (limit !== null) return LIMITS[side][limit.kind];
  if (otherCondition === null) return null;
  if (condition === "") return side === "allowed" ? "without its condition" : "a condition came";
  return "under another condition";
}

const LIMITS = {
  allowed: { denial: "no longer denied", boundary: "inside the boundary now" },
  noLongerAllowed: { denial: "denied now", boundary: "outside the boundary now" },
} as const satisfies Record<Side, Record<NonNullable<DeltaRow["limit"]>["kind"], string>>;

/** Where it stands in AWS, for what git does not say. */
function sourceText({ principal, sid, from }: DeltaRow): string {
  return principal !== null && sid !== null ? `statement "${sid}"` : shortArn(from);
}

/** A grant of the catalogue is several statements: people wrote it as one. */
function togetherName(row: DeltaRow, side: Side): string {
  const grant = grantOfSid(row.sid);
  const where = row.origin?.line ?? row.from;
  const remark = remarkOf(row, side);
  return grant === null
    ? stableText([row.effect, row.sid ?? row.from, row.resource, row.principal, row.condition, remark])
    : stableText([row.effect, grant, where, row.principal, remark]);
}

/** Every resource once; a table's indexes and a log group's streams are said by the table and the group. */
function resourceNames(arns: readonly string[]): { readonly names: string; readonly indexes: boolean } {
  const all = new Set(arns);
  const isIndex = (arn: string): boolean => arn.endsWith("/index/*") && all.has(arn.slice(0, -8));
  const isStreams = (arn: string): boolean => arn.endsWith(":*") && all.has(arn.slice(0, -2));
  const own = [...all].filter((arn) => !isIndex(arn) && !isStreams(arn));
  return { names: own.map((arn) => shortArn(shortList(arn))).join(", "), indexes: [...all].some(isIndex) };
}

function withoutService(action: string): string {
  return membersOf(action).length > 1 ? shortList(action) : action.slice(action.indexOf(":") + 1);
}
