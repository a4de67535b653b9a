import type { BindingObject } from "../../api/bindings.ts";
import { documentContext } from "../../diff/context.ts";
import { readStatements, satisfying } from "../../diff/statements.ts";
import type { CompiledStatement, DesiredBinding, DesiredCaller } from "../../model/desired.ts";
import type { Statement, StringOrList } from "../../model/policy-document.ts";
import { policyName, shortArn } from "../../plan/render-words.ts";
import { counted } from "./words.ts";

/** One line of what a function may do, or of who may call it. */
export interface PermissionText {
  readonly what: string;
  readonly on: string;
  /** `line 12`, `always`, `account`. */
  readonly from: string;
  readonly remark: string;
}

const SHOWN = 2;

/** What git gives the function: a line for each grant as it was written. */
export function grantRows({ role, origin }: DesiredBinding): readonly PermissionText[] {
  const groups = Map.groupBy(
    role.inline.statements,
    ({ source, origin }) => `${source.kind} ${"grant" in source ? source.grant : ""} ${origin.line}`,
  );
  const grants = [...groups.values()]
    .map((group) => ({ place: placeOf(group), rows: grantRow(group) }))
    .toSorted((a, b) => a.place - b.place);
  const attached = role.attachments.map(({ arn, origin }) =>
    row(policyName(arn), "attached policy", `line ${origin.line}`),
  );
  const { boundary } = role;
  const isOwn = boundary !== null && boundary.origin.file === origin.file;
  const within =
    boundary === null
      ? []
      : [
          row(
            "within boundary",
            policyName(boundary.arn),
            isOwn ? `line ${boundary.origin.line}` : "account",
          ),
        ];
  return [...grants.flatMap(({ rows }) => rows), ...attached, ...within];
}

/** As written; what every function has comes last. */
function placeOf([first]: readonly CompiledStatement[]): number {
  return first === undefined || first.source.kind === "implicit" ? Infinity : first.origin.line;
}

function grantRow(group: readonly CompiledStatement[]): readonly PermissionText[] {
  const [first] = group;
  if (first === undefined) return [];
  const { source, origin, until, reason } = first;
  const on = resourcesText(group.map(({ statement }) => statement));
  const ends = until === null ? on : `${on}, until ${until.slice(0, 10)}`;
  if (source.kind === "implicit") return [row(`own ${source.grant}`, ends, "always")];
  return [
    row(
      source.kind === "grant" ? grantText(group) : actionsText(group),
      ends,
      `line ${origin.line}`,
      reason ?? "",
    ),
  ];
}

/** `dynamodb read, write`. */
function grantText(group: readonly CompiledStatement[]): string {
  const verbs = group.flatMap(({ source }) => (source.kind === "grant" ? [source.verb] : []));
  const grant = group.flatMap(({ source }) => (source.kind === "grant" ? [source.grant] : []))[0] ?? "";
  return `${grant} ${[...new Set(verbs)].join(", ")}`;
}

function actionsText(group: readonly CompiledStatement[]): string {
  const texts = group.flatMap(({ statement }) => {
    const denied = statement.Effect === "Deny" ? "Deny " : "";
    const not = statement.Action === undefined ? "all but " : "";
    return listOf(statement.Action ?? statement.NotAction).map((action) => `${denied}${not}${action}`);
  });
  return shortened(texts);
}

function resourcesText(statements: readonly Statement[]): string {
  const resources = [
    ...new Set(statements.flatMap(({ Resource, NotResource }) => listOf(Resource ?? NotResource))),
  ];
  const isIndex = (arn: string): boolean => arn.includes("/index/");
  // A log group and what is in it, a function and its versions: the one says the other.
  const isPart = (arn: string): boolean => arn.endsWith(":*") && resources.includes(arn.slice(0, -2));
  const names = [...new Set(resources.filter((arn) => !isIndex(arn) && !isPart(arn)).map(shortArn))];
  return `${shortened(names)}${resources.some(isIndex) ? ", indexes" : ""}`;
}

function shortened(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const more = distinct.length - SHOWN;
  return [...distinct.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** Who may call it by git, and how many statements in AWS git does not know. */
export function callerRows(binding: DesiredBinding, { status }: BindingObject): readonly PermissionText[] {
  const declared = binding.callers.map((caller) => {
    const to = caller.qualifier === null ? "" : ` → ${caller.qualifier}`;
    return row(`${caller.caller} ${sourceText(caller)}${to}`, "", `line ${caller.origin.line}`);
  });
  const policies = status.live?.function?.policies ?? {};
  const unknown = Object.entries(policies).flatMap(([qualifier, policy]) =>
    undeclaredSids(binding, qualifier, policy),
  );
  if (unknown.length === 0) return declared;
  const fate = binding.undeclaredCallers === "report" ? "left alone" : "to be removed";
  return [
    ...declared,
    row("not in git", `${counted(unknown.length, "statement")}, ${fate}`, `Sid ${shortened(unknown)}`),
  ];
}

function sourceText({ input }: DesiredCaller): string {
  return input.SourceArn === undefined ? input.Principal : shortArn(input.SourceArn);
}

type LivePolicy = Parameters<typeof readStatements>[0];

function undeclaredSids(binding: DesiredBinding, qualifier: string, policy: LivePolicy): readonly string[] {
  const context = documentContext(binding, "resource");
  const reading = readStatements(policy, context);
  if (reading.kind === "unread") return [];
  const callers = binding.callers.filter((caller) => (caller.qualifier ?? "") === qualifier);
  const kept = new Set(callers.map((caller) => satisfying(caller, reading.members, context)));
  return reading.members.filter((member) => !kept.has(member)).map(({ sid }) => sid ?? "(none)");
}

function row(what: string, on: string, from: string, remark = ""): PermissionText {
  return { what, on, from, remark };
}

function listOf(value: StringOrList | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
