import type { RoleStatement } from "../../adopt/recognize/role-statements.ts";
import type { GrantFields, GrantOf, CandidateCompiler } from "../../adopt/recognize/candidate-compiler.ts";
import { nearestGrants } from "../../adopt/recognize/nearest.ts";
import { leftOutTexts } from "../../adopt/recognize/left-out-texts.ts";
import { recognizeGrants, type Recognition } from "../../adopt/recognize/recognize.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { Json } from "../../model/values/json.ts";
import { counted } from "../../text/phrases.ts";
import { flowText, memberLines } from "../../text/yaml/flow-text.ts";

/** An entry of `grants`, as a manifest has it. */
type ManifestGrant = Readonly<Record<string, GrantFields>>;

/** Grants that would allow less. */
interface Suggestion {
  readonly grants: readonly ManifestGrant[];
  readonly drops: readonly string[];
  /** Dropped on some of the statement's resources only. */
  readonly dropsInPart: readonly string[];
}

interface RemainingStatement {
  /** The file that has it. */
  readonly from: string;
  readonly sid: string | null;
  readonly statement: Statement;
  /** null if no grants have at least half of its permissions. */
  readonly suggestion: Suggestion | null;
}

/** What grants the policies contain, as `-o json` prints it. */
export interface PolicyGrants {
  /** Equal statements count once. */
  readonly statements: number;
  /** How many of them the grants replace. */
  readonly replaced: number;
  /** True: grants and remaining statements together allow exactly the requests that the policies allow. */
  readonly proved: boolean;
  readonly grants: readonly ManifestGrant[];
  readonly remaining: readonly RemainingStatement[];
  /** What no request can use of the replaced statements: the grants do not have it. */
  readonly leftOut: Recognition["leftOut"];
  /** Parts that no manifest can declare with the same meaning. */
  readonly inexpressible: Recognition["inexpressible"];
}

export function policyGrants(
  policies: readonly { readonly name: string; readonly text: string }[],
  compiler: CandidateCompiler,
): PolicyGrants {
  const { grants, rest, live, replaced, leftOut, inexpressible, proof } = recognizeGrants(
    policies,
    compiler,
    null,
  );
  return {
    statements: replaced + rest.length,
    replaced,
    proved: proof.kind === "proved" && inexpressible.length === 0,
    grants: grants.map(grantEntry),
    remaining: rest.map((statement) => ({
      from: statement.from,
      sid: statement.normal.sid,
      statement: statement.statement,
      suggestion: suggestionFor(statement, live, compiler),
    })),
    leftOut,
    inexpressible,
  };
}

function suggestionFor(
  statement: RoleStatement,
  live: ReadonlySet<string>,
  compiler: CandidateCompiler,
): Suggestion | null {
  const nearest = nearestGrants(statement, live, compiler);
  return nearest && { ...nearest, grants: nearest.grants.map(grantEntry) };
}

function grantEntry({ grant, fields }: GrantOf): ManifestGrant {
  return { [grant]: fields };
}

/** The part of a manifest, then what would need a decision. */
export function policyGrantsLines(found: PolicyGrants): readonly string[] {
  return [
    summary(found),
    ...section("grants:", found.grants.flatMap(entryLines)),
    ...section("statements:", found.remaining.flatMap(statementLines)),
    ...leftOutLines(found),
    ...found.inexpressible.map(
      ({ from, sid, reason }) => `not possible in a manifest: ${statementName(from, sid)}: ${reason}`,
    ),
    ...suggestionLines(found.remaining),
  ];
}

function summary(found: PolicyGrants): string {
  const { statements, replaced, grants, remaining } = found;
  const parts = [
    `${replaced} of ${counted(statements, "statement")} recognised as ${counted(grants.length, "grant")}`,
    ...(remaining.length > 0 ? [`${remaining.length} unchanged`] : []),
    proofText(found),
  ];
  return parts.join("; ");
}

function proofText({ proved, leftOut }: PolicyGrants): string {
  if (!proved) return "not proved: the permissions may differ";
  return leftOut.length === 0
    ? "proved: exactly the same permissions"
    : "proved: the same permissions, except for those that no request can use";
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function leftOutLines({ leftOut }: PolicyGrants): readonly string[] {
  return leftOut.length === 0 ? [] : ["", ...leftOut.flatMap(leftOutTexts).map((text) => `# ${text}`)];
}

function entryLines(entry: ManifestGrant): readonly string[] {
  return memberLines(entry as Readonly<Record<string, Json>>);
}

function statementLines({ from, sid, statement }: RemainingStatement): readonly string[] {
  const reason = `from ${statementName(from, sid)}; no grant is equal`;
  return [`- reason: ${flowText(reason)}`, `  statement: ${flowText(statement as unknown as Json)}`];
}

function statementName(from: string, sid: string | null): string {
  return sid === null ? from : `statement ${sid} of ${from}`;
}

function suggestionLines(remaining: readonly RemainingStatement[]): readonly string[] {
  const found = remaining.flatMap(({ from, sid, suggestion }) => {
    if (suggestion === null) return [];
    const { drops, dropsInPart, grants } = suggestion;
    const dropped = drops.length + dropsInPart.length;
    return [
      `${statementName(from, sid)}: drops ${counted(dropped, "action")}`,
      ...grants.flatMap(entryLines).map((line) => `  ${line}`),
      ...actionLine("drops", drops),
      ...actionLine("drops on some of the resources", dropsInPart),
    ];
  });
  return found.length === 0 ? [] : ["", "Nearest grants, which would allow less:", ...found];
}

function actionLine(label: string, actions: readonly string[]): readonly string[] {
  return actions.length === 0 ? [] : [`  ${label}: ${actions.join(", ")}`];
}
