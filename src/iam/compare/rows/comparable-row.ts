import type { PermissionRow, RowRisk } from "../../../model/delta.ts";
import type { AttachedDocument } from "../../attached-document.ts";
import { memberDanger } from "../../risk/access.ts";
import { conditionBlock } from "../../read/conditions.ts";
import type {
  ConditionTest,
  DocumentContext,
  NormalStatement,
  ParsedDocument,
  Selector,
} from "../../document.ts";
import { foldVariables } from "../../match/template.ts";
import { EXCEPT, listText } from "../../match/reach.ts";
import { listedActions, riskOn, type ListedRisk } from "../../risk/row-risk.ts";
import { writtenStatement } from "../../read/statement.ts";
import { lowerCase } from "../../lower-case.ts";
import { stableText } from "../../../text/json-values.ts";
import { selectorText, spread, spreadOf, wholeStatements } from "./unfold.ts";
import { EVERYTHING, type Scope } from "../../match/scope.ts";
import { PLAIN_DOLLAR } from "../../match/wildcard.ts";

/** What a row does: Deny counts the same wherever it is; an Allow of a boundary is a limit, not a grant. */
export type RowRole = "grant" | "limit" | "deny" | "opaque";

/** One permission row with what it takes to compare it. Opaque ones equal only themselves. */
export interface ComparableRow extends Scope {
  readonly role: RowRole;
  readonly permission: PermissionRow;
  /** Equal for rows of the same meaning but for their conditions. */
  readonly shape: string;
  /** Equal for rows of the same meaning. */
  readonly key: string;
}

/** Rows are compared without knowing whose they are. */
export const OWN_ARNS_UNKNOWN = { role: "", function: "" };

/** The limit of a role without a boundary. */
export const NO_BOUNDARY: ComparableRow = {
  role: "limit",
  permission: {
    effect: "Allow",
    principal: null,
    action: "*",
    resource: "*",
    condition: "",
    from: "boundary",
    sid: null,
    origin: null,
    certainty: "possible",
    risk: "escalation",
  },
  principals: null,
  actions: EVERYTHING,
  resources: EVERYTHING,
  conditions: [],
  isTrust: false,
  ...namesOf("limit", null, selectorText(EVERYTHING), selectorText(EVERYTHING), "[]"),
};

/** A document as it is attached, and what its Allows do. */
export interface DocumentPlace {
  readonly document: AttachedDocument;
  readonly context: DocumentContext;
  readonly allows: "grant" | "limit";
}

export function documentRows(parsed: ParsedDocument, place: DocumentPlace): readonly ComparableRow[] {
  if (parsed.kind === "unreadable") {
    const text = JSON.stringify(place.document.text);
    return [opaqueRow(place, { version: "", sid: null, structure: "", text })];
  }
  const { version, members } = parsed.document;
  const whole = wholeStatements(members);
  const plainDollar = version === "2008-10-17";
  const listedOf = listedFinder();
  return members.flatMap((member) => {
    if (member.kind === "statement")
      return statementRows(member, { ...place, plainDollar, listedOf, isWhole: whole.has(member) });
    const { sid, structure } = member;
    return [opaqueRow(place, { version, sid, structure, text: structure.slice("opaque ".length) })];
  });
}

interface NotUnderstood {
  /** Of its document: the same text means something else in another version. */
  readonly version: string;
  readonly sid: string | null;
  readonly structure: string;
  readonly text: string;
}

/** What is not understood may allow or deny anything. */
function opaqueRow(
  { document: { from, origin }, allows }: DocumentPlace,
  { version, sid, structure, text }: NotUnderstood,
): ComparableRow {
  const permission: PermissionRow = {
    effect: "Allow",
    principal: null,
    action: "unknown",
    resource: "unknown",
    condition: text,
    from,
    sid,
    origin: origin?.(sid, structure) ?? null,
    certainty: "possible",
    risk: "none",
  };
  return {
    role: "opaque",
    permission,
    principals: null,
    actions: EVERYTHING,
    resources: EVERYTHING,
    conditions: [],
    isTrust: false,
    shape: "opaque",
    key: `opaque ${allows} ${version} ${text}`,
  };
}

interface Place extends DocumentPlace {
  readonly plainDollar: boolean;
  /** Of the document: its statements share few patterns of actions. */
  readonly listedOf: typeof listedActions;
  /** Its lists are not taken apart. */
  readonly isWhole: boolean;
}

function statementRows(statement: NormalStatement, place: Place): readonly ComparableRow[] {
  const { principals } = statement;
  const written = writtenStatement(statement);
  const { isWhole } = place;
  const actions = spread(written.Action, written.NotAction, { fold: lowerCase, isWhole });
  const resources =
    statement.resources === null
      ? [NO_RESOURCE]
      : spread(written.Resource, written.NotResource, { fold: valueFold(place), isWhole });
  const common = sharedPart(statement, place);
  const { role, conditions } = common;
  const riskOfAction = riskFinder(statement, place);
  return namedPrincipals(principals).flatMap(({ principal, selector }) =>
    actions.flatMap((action) => {
      const riskOfResource = riskOfAction(principal, action.written);
      return resources.map((resource) => ({
        role,
        permission: {
          ...common.permission,
          principal,
          action: action.written,
          resource: resource.written,
          risk: riskOfResource(resource.written),
        },
        principals: selector,
        actions: action.selector,
        resources: resource.selector,
        conditions,
        isTrust: statement.resources === null,
        ...namesOf(role, principal, action.text, resource.text, common.conditionsText),
      }));
    }),
  );
}

interface SharedPart {
  readonly role: RowRole;
  readonly conditions: readonly ConditionTest[];
  readonly conditionsText: string;
  readonly permission: Omit<PermissionRow, "principal" | "action" | "resource" | "risk">;
}

/** What all rows of one statement have in common. */
function sharedPart(statement: NormalStatement, place: Place): SharedPart {
  const { sid, effect, conditions } = statement;
  const condition = conditions.length === 0 ? "" : stableText(conditionBlock(conditions));
  const origin = place.document.origin?.(sid, statement.structure) ?? null;
  const tests = conditions.map((test) => ({ ...test, values: test.values.map(valueFold(place)) }));
  return {
    role: effect === "Deny" ? "deny" : place.allows,
    conditions: tests,
    conditionsText: JSON.stringify(tests),
    permission: { effect, condition, from: place.document.from, sid, origin, certainty: "possible" },
  };
}

/** A trust policy speaks of its own role alone. */
const NO_RESOURCE = spreadOf("", EVERYTHING);

/** One row a principal; everyone but a list is one row. */
function namedPrincipals(
  principals: Selector | null,
): readonly { readonly principal: string | null; readonly selector: Selector | null }[] {
  if (principals === null) return [{ principal: null, selector: null }];
  if (principals.negated) return [{ principal: listText(EXCEPT, principals.values), selector: principals }];
  return principals.values.map((principal) => ({
    principal,
    selector: { negated: false, values: [principal] },
  }));
}

function valueFold(place: Place): (text: string) => string {
  return place.plainDollar ? (text) => text.replaceAll("${", PLAIN_DOLLAR) : foldVariables;
}

function namesOf(
  role: string,
  principal: string | null,
  action: string,
  resource: string,
  conditions: string,
): Pick<ComparableRow, "shape" | "key"> {
  const shape = `${role} ${JSON.stringify(principal)} ${action} ${resource}`;
  return { shape, key: `${shape} ${conditions}` };
}

/**
 * The risk of each row of a statement: in trust and resource policies it follows from the principal, in others from the
 * action and its resource.
 */
function riskFinder(
  statement: NormalStatement,
  { context, listedOf }: Place,
): (principal: string | null, action: string) => (resource: string) => RowRisk {
  if (context.dialect === "resource") {
    const risk = memberDanger(statement, context) === "public" ? "exposure" : "none";
    return () => () => risk;
  }
  if (context.dialect === "trust") {
    const isAllow = statement.effect === "Allow";
    return (principal) => () =>
      isAllow && principal !== "Service lambda.amazonaws.com" ? "escalation" : "none";
  }
  return (_, action) => {
    const listed = listedOf(action);
    return (resource) => riskOn(resource, listed, OWN_ARNS_UNKNOWN);
  };
}

function listedFinder(): typeof listedActions {
  const known = new Map<string, readonly ListedRisk[]>();
  return (action) => {
    const listed = known.get(action) ?? listedActions(action);
    known.set(action, listed);
    return listed;
  };
}
