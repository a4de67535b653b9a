import { LAMBDA_SERVICE } from "../../../model/aws/principal.ts";
import type { NameSet, PermissionRow, RowRisk } from "../../../model/delta.ts";
import type { AttachedDocument } from "../../attached-document.ts";
import type { DocumentContext, Member, NormalStatement, ParsedDocument, Selector } from "../../document.ts";
import { lowerCase } from "../../lower-case.ts";
import { EVERYTHING } from "../../match/scope.ts";
import { foldVariables } from "../../match/template.ts";
import { PLAIN_DOLLAR } from "../../match/wildcard.ts";
import { writtenNames } from "../../read/statement.ts";
import { memberDanger } from "../../risk/access.ts";
import { rowRisk } from "../../risk/row-risk.ts";
import type { ComparableRow } from "./comparable-row.ts";
import { unsplitStatements } from "./unsplit-statements.ts";
import type { StringOrList } from "../../../model/aws/policy-document.ts";
import { toList } from "../../../text/json-values.ts";
import { sortedSet } from "../../../text/order.ts";

/** A document as it is attached, and the role of its Allows. */
export interface RowContext {
  readonly document: AttachedDocument;
  readonly context: DocumentContext;
  readonly allows: "grant" | "limit";
}

export function documentRows(parsed: ParsedDocument, place: RowContext): readonly ComparableRow[] {
  if (parsed.kind === "unreadable") {
    const text = JSON.stringify(place.document.text);
    return [opaqueRow({ sid: null, structure: "", text, effect: null }, "", place)];
  }
  const { version, members } = parsed.document;
  const unsplit = unsplitStatements(members);
  const fold = version === "2012-10-17" ? foldVariables : markDollars;
  return members.flatMap((member) =>
    member.kind === "opaque"
      ? [opaqueRow(member, version, place)]
      : statementRows(member, place, { fold, isUnsplit: unsplit.has(member) }),
  );
}

/** In a document of 2008, `${` is text. */
function markDollars(text: string): string {
  return text.replaceAll("${", PLAIN_DOLLAR);
}

type NotUnderstood = Omit<Extract<Member, { readonly kind: "opaque" }>, "kind" | "reason" | "principal">;

/** The row of content that is not understood, which may allow or deny anything. Its text depends on the version. */
function opaqueRow(
  { sid, structure, text, effect }: NotUnderstood,
  version: string,
  { document: { from, origin }, allows }: RowContext,
): ComparableRow {
  return {
    role: "opaque",
    permission: {
      effect: "Allow",
      principal: null,
      action: { kind: "unknown" },
      resource: { kind: "unknown" },
      condition: { kind: "unknown", text, effect },
      from,
      sid,
      origin: origin?.(sid, structure) ?? null,
      certainty: "possible",
      risk: "none",
    },
    principals: null,
    actions: EVERYTHING,
    resources: EVERYTHING,
    conditions: [],
    isTrust: false,
    shape: "opaque",
    key: `opaque ${allows} ${version} ${text}`,
  };
}

/** The rows of an identity policy have no principal. */
const NO_PRINCIPAL = { names: null, selector: null, key: "" };
/** A trust policy is about its own role only. */
const NO_RESOURCE: StatementPart = { names: { kind: "none" }, selector: EVERYTHING, key: "" };

function statementRows(
  statement: NormalStatement,
  { document: { from, origin }, context, allows }: RowContext,
  splitting: Splitting,
): readonly ComparableRow[] {
  const { sid, effect, structure, conditions: tests } = statement;
  const { Action, NotAction, Resource, NotResource } = writtenNames(statement);
  const isTrust = statement.resources === null;
  const role = effect === "Deny" ? "deny" : allows;
  const principals = statement.principals === null ? [NO_PRINCIPAL] : principalParts(statement.principals);
  const actions = partsOf(Action, NotAction, { ...splitting, fold: lowerCase });
  const resources = isTrust ? [NO_RESOURCE] : partsOf(Resource, NotResource, splitting);
  const conditions = tests.map((test) => ({ ...test, values: test.values.map(splitting.fold) }));
  const conditionsKey = JSON.stringify(conditions);
  const riskOf = riskFinder(statement, context);
  const shared: Pick<PermissionRow, "effect" | "condition" | "from" | "sid" | "origin" | "certainty"> = {
    effect,
    condition: tests.length === 0 ? { kind: "none" } : { kind: "tests", tests },
    from,
    sid,
    origin: origin?.(sid, structure) ?? null,
    certainty: "possible",
  };
  const rowOf = (principal: (typeof principals)[number], action: StatementPart, resource: StatementPart) => {
    const names = { principal: principal.names, action: action.names, resource: resource.names };
    const shape = `${role} ${principal.key} ${action.key} ${resource.key}`;
    return {
      role,
      permission: { ...shared, ...names, risk: riskOf(names) },
      principals: principal.selector,
      actions: action.selector,
      resources: resource.selector,
      conditions,
      isTrust,
      shape,
      key: `${shape} ${conditionsKey}`,
    } as const;
  };
  return principals.flatMap((principal) =>
    actions.flatMap((action) => resources.map((resource) => rowOf(principal, action, resource))),
  );
}

/** In trust and resource policies the risk of a row follows from its principal, in others from its action and resource. */
function riskFinder(
  statement: NormalStatement,
  context: DocumentContext,
): (names: Pick<PermissionRow, "principal" | "action" | "resource">) => RowRisk {
  if (context.dialect === "resource") {
    const risk = memberDanger(statement, context) === "public" ? "exposure" : "none";
    return () => risk;
  }
  if (context.dialect !== "trust") return rowRisk;
  return ({ principal }) => (statement.effect === "Allow" && !isLambda(principal) ? "escalation" : "none");
}

function isLambda(principal: NameSet | null): boolean {
  return principal?.kind === "one" && principal.name === LAMBDA_SERVICE;
}

/** A part of a statement that becomes one side of a row: its names as they are shown, and as they are compared. */
interface StatementPart {
  readonly names: NameSet;
  readonly selector: Selector;
  /** Equal for equal selectors. */
  readonly key: string;
}

interface Splitting {
  /** Gives names of the same meaning the same spelling. */
  readonly fold: (name: string) => string;
  /** True: a list is one part. False: each of its members is one. */
  readonly isUnsplit: boolean;
}

/** The parts of Action and NotAction, or of Resource and NotResource. A negated list is always one part. */
function partsOf(
  positive: StringOrList | undefined,
  negative: StringOrList | undefined,
  { fold, isUnsplit }: Splitting,
): readonly StatementPart[] {
  const names = toList(positive ?? negative ?? []);
  if (positive === undefined) return [listPart("all-but", names, fold)];
  const byValue = new Map(names.map((name) => [fold(name), name]));
  return isUnsplit && byValue.size > 1
    ? [listPart("any-of", [...byValue.values()], fold)]
    : [...byValue].map(([value, name]) => onePart(name, value));
}

/** Each principal is a part, and a negated list is one. */
function principalParts({ negated, values }: Selector): readonly StatementPart[] {
  return partsOf(negated ? undefined : values, values, { fold: (value) => value, isUnsplit: false });
}

function onePart(name: string, value: string): StatementPart {
  const names: NameSet = name === "*" ? { kind: "any" } : { kind: "one", name };
  return { names, selector: { negated: false, values: [value] }, key: JSON.stringify(value) };
}

function listPart(
  kind: "any-of" | "all-but",
  names: readonly string[],
  fold: Splitting["fold"],
): StatementPart {
  const values = sortedSet(names.map(fold));
  return {
    names: { kind, names: names.toSorted() },
    selector: { negated: kind === "all-but", values },
    key: `${kind} ${JSON.stringify(values)}`,
  };
}
