import { effectiveSign } from "../../wording/effective-sign.ts";
import type {
  DeclaredState,
  EffectiveLine,
  EffectiveState,
  RoleState,
  SettingDifference,
} from "../../model/answers/permission-state.ts";
import { hanging, signedText, rowLines, rowOf, type Row, type Widths } from "../../plan/render/columns.ts";
import { shortArn } from "../../plan/render/words.ts";
import type { DriftRisk } from "../../model/drift.ts";
import { riskTone, type ScreenLine, signTone, type Tone, toned } from "../../text/screen-line.ts";
import { age, ago } from "../../wording/time.ts";
import { shortSubject } from "../../wording/words.ts";

/** A section of `describe`: a heading, and rows whose columns all sections share. */
export type Block =
  | { readonly kind: "text"; readonly lines: readonly ScreenLine[] }
  | { readonly kind: "row"; readonly row: Row; readonly tone: Tone | null };

export function blockLines(blocks: readonly Block[], widths: Widths): readonly ScreenLine[] {
  return blocks.flatMap((block): readonly ScreenLine[] =>
    block.kind === "text" ? block.lines : toned(block.tone, rowLines(block.row, widths)),
  );
}

/** A change that Grantkeeper makes, or a line without a sign. */
export function rowBlock(row: Row): Block {
  return { kind: "row", row, tone: signTone(row.sign) };
}

export function textBlock(text: string, indent = ""): Block {
  return { kind: "text", lines: hanging(text, indent) };
}

/** What AWS has: its plus is no good news. */
function addedBlock(row: Row, risks: readonly DriftRisk[]): Block {
  return row.sign === "+" ? { kind: "row", row, tone: riskTone(risks) } : rowBlock(row);
}

function risksOf({ risk }: EffectiveLine): readonly DriftRisk[] {
  return risk === undefined ? [] : [risk];
}

/** An unknown part of the state: nothing is concluded from its absence. */
function unknownBlock(reason: string): Block {
  return { kind: "text", lines: signedText("?", reason) };
}

/** @param order what it depends on, and what depends on it */
export function declaredBlocks(declared: DeclaredState, order: readonly string[]): readonly Block[] {
  switch (declared.kind) {
    case "not-declared":
      return [
        textBlock(
          declared.revision === null
            ? "DECLARED in Git: unknown, no revision was read yet"
            : `DECLARED in Git: nothing, ${shortSubject(declared.revision)} does not declare it`,
        ),
      ];
    case "broken":
      return [
        textBlock(`DECLARED in Git, ${shortSubject(declared.revision)}: unknown, the manifest is broken`),
        textBlock(declared.message, "  "),
      ];
    case "declared": {
      const { lines, more } = declared.permissions;
      const rows = lines.map((line) => rowBlock(rowOf(line, " ")));
      return [
        textBlock(`DECLARED in Git, ${shortSubject(declared.revision)}, ${declared.file}`),
        ...(rows.length === 0 ? [textBlock("no permissions and no callers", "  ")] : rows),
        ...moreBlock(more),
        ...order.map((text) => textBlock(text, "  ")),
      ];
    }
  }
}

function moreBlock(more: number): readonly Block[] {
  return more === 0 ? [] : [textBlock(`and ${more} more lines, not shown`, "  ")];
}

/** `nowMs` null: without ages, to compare targets with each other. */
export function effectiveBlocks(effective: EffectiveState, nowMs: number | null): readonly Block[] {
  if (effective.kind === "unknown") return [textBlock(`EFFECTIVE in AWS: unknown, ${effective.reason}`)];
  const { permissions, withoutEffect, unknown, failing } = effective;
  const signed = effectiveSign(effective);
  const lost = withoutEffect.lines.map((line) => addedBlock(rowOf(line, signed(line), "  "), []));
  const blocks = [
    ...(failing === null ? [] : [unknownBlock(`${failsText(failing.since, nowMs)}: ${failing.reason}`)]),
    ...roleBlocks(effective),
    ...effective.settings.map(settingBlock),
    ...permissions.lines.map((line) => addedBlock(rowOf(line, signed(line)), risksOf(line))),
    ...moreBlock(permissions.more),
    ...boundaryBlocks(effective),
    ...(lost.length === 0 ? [] : [textBlock("no effect: outside the boundary, or denied", "  ")]),
    ...lost,
    ...moreBlock(withoutEffect.more),
    ...unknown.map((reason) => unknownBlock(`unknown: ${reason}`)),
  ];
  const isKnown = unknown.length === 0 && KNOWN_ROLES.has(effective.role.kind);
  const isEmpty = permissions.lines.length === 0 && isKnown;
  return [
    textBlock(headOf(effective, nowMs)),
    ...blocks,
    ...(isEmpty ? [textBlock("no permissions and no callers", "  ")] : []),
  ];
}

/** All permissions of these roles are known. */
const KNOWN_ROLES: ReadonlySet<RoleState["kind"]> = new Set(["declared", "other"]);

/** A setting of the role in AWS that is not declared, or that has another value. */
function settingBlock({ what, live, declared }: SettingDifference): Block {
  const sign = declared === null ? "+" : "~";
  const on = declared === null ? (live ?? "none") : `${live ?? "none"}, declared ${declared}`;
  return addedBlock({ sign, indent: "", cells: [what, on, ""], below: [] }, []);
}

function failsText(since: string, nowMs: number | null): string {
  return nowMs === null ? "newer reads fail" : `newer reads fail for ${age(since, nowMs)}`;
}

type ReadState = Extract<EffectiveState, { readonly kind: "read" }>;

function headOf(effective: ReadState, nowMs: number | null): string {
  const read = nowMs === null ? "" : `, read ${ago(effective.readAt, nowMs)}`;
  const signs = legendOf(effective);
  return `EFFECTIVE in AWS${read}${signs.length === 0 ? "" : ` (${signs.join(", ")})`}`;
}

/** A permission of the last applied revision was not added in AWS: it is only no longer declared. */
function legendOf(effective: ReadState): readonly string[] {
  const { permissions, withoutEffect, boundary, settings, role } = effective;
  const signed = effectiveSign(effective);
  const limit = boundary === null || boundary.isDeclared ? null : boundary;
  const marked = [...permissions.lines, ...withoutEffect.lines].filter((line) => signed(line) === "+");
  const extra = [...marked, ...(limit === null || limit.declaredName !== null ? [] : [limit])];
  const hasExtra = extra.length > 0 || settings.some(({ declared }) => declared === null);
  const hasOther =
    (limit !== null && limit.declaredName !== null) || settings.some(({ declared }) => declared !== null);
  const wasDeclared = role.kind === "other" || extra.some((line) => line.wasDeclared);
  return [
    ...(hasExtra ? [wasDeclared ? "+ not declared" : "+ added in AWS, not declared"] : []),
    ...(hasOther ? ["~ differs"] : []),
  ];
}

function roleBlocks({ role }: ReadState): readonly Block[] {
  if (role.kind === "absent")
    return [textBlock(`no permissions: ${shortArn(role.arn)} does not exist`, "  ")];
  if (role.kind === "other")
    return [
      textBlock(`the function runs on ${shortArn(role.arn)}, not on ${shortArn(role.declaredArn)}`, "  "),
    ];
  if (role.kind === "unknown") return [unknownBlock(`unknown: ${shortArn(role.arn)}: ${role.reason}`)];
  return [];
}

function boundaryBlocks({ boundary, role }: ReadState): readonly Block[] {
  if (boundary === null || role.kind === "absent" || role.kind === "hidden") return [];
  const { isDeclared, declaredName } = boundary;
  const name = boundary.kind === "none" ? "no boundary" : `boundary "${boundary.name}"`;
  const other = isDeclared || declaredName === null ? "" : `, declared "${declaredName}"`;
  const sign = isDeclared ? " " : declaredName === null ? "+" : "~";
  return [addedBlock({ sign, indent: "", cells: ["limited by", `${name}${other}`, ""], below: [] }, [])];
}
