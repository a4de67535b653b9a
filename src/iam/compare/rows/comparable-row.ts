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
import { PLAIN_DOLLAR } from "../../match/wildcard.ts";

/** One row with what it takes to compare it. Opaque ones equal only themselves. */
export interface Unit {
  /** Deny counts the same wherever it stands; an Allow of a boundary is a limit, not a grant. */
  readonly pool: "grant" | "limit" | "deny" | "opaque";
  readonly row: PermissionRow;
  readonly action: Selector;
  readonly resource: Selector;
  readonly conditions: readonly ConditionTest[];
  /** Equal for units of the same meaning but for their conditions. */
  readonly shape: string;
  /** Equal for units of the same meaning. */
  readonly key: string;
}

/** What is one's own is not known. */
export const NOBODY = { role: "", function: "" };
const EVERYTHING: Selector = { negated: false, values: ["*"] };

/** What a role without a boundary may be granted. */
export const NO_LIMIT: Unit = {
  pool: "limit",
  row: {
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
  action: EVERYTHING,
  resource: EVERYTHING,
  conditions: [],
  ...namesOf("limit", null, selectorText(EVERYTHING), selectorText(EVERYTHING), "[]"),
};

/** A document as it is attached, and what its Allows do. */
export interface DocumentPlace {
  readonly document: AttachedDocument;
  readonly context: DocumentContext;
  readonly allows: "grant" | "limit";
}

export function documentRows(parsed: ParsedDocument, place: DocumentPlace): readonly Unit[] {
  if (parsed.kind === "unreadable") {
    const text = JSON.stringify(place.document.text);
    return [opaqueUnit(place, { version: "", sid: null, structure: "", text })];
  }
  const { version, members } = parsed.document;
  const whole = wholeStatements(members);
  const plainDollar = version === "2008-10-17";
  const listedOf = listedFinder();
  return members.flatMap((member) => {
    if (member.kind === "statement")
      return statementUnits(member, { ...place, plainDollar, listedOf, isWhole: whole.has(member) });
    const { sid, structure } = member;
    return [opaqueUnit(place, { version, sid, structure, text: structure.slice("opaque ".length) })];
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
function opaqueUnit(
  { document: { from, origin }, allows }: DocumentPlace,
  { version, sid, structure, text }: NotUnderstood,
): Unit {
  const row: PermissionRow = {
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
    pool: "opaque",
    row,
    action: EVERYTHING,
    resource: EVERYTHING,
    conditions: [],
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

function statementUnits(statement: NormalStatement, place: Place): readonly Unit[] {
  const { principals } = statement;
  const written = writtenStatement(statement);
  const { isWhole } = place;
  const actions = spread(written.Action, written.NotAction, { fold: lowerCase, isWhole });
  const resources =
    statement.resources === null
      ? [NO_RESOURCE]
      : spread(written.Resource, written.NotResource, { fold: valueFold(place), isWhole });
  const common = sharedPart(statement, place);
  const { pool, conditions } = common;
  const riskOfAction = riskFinder(statement, place);
  return principalNames(principals).flatMap((principal) =>
    actions.flatMap((action) => {
      const riskOfResource = riskOfAction(principal, action.written);
      return resources.map((resource) => ({
        pool,
        row: {
          ...common.row,
          principal,
          action: action.written,
          resource: resource.written,
          risk: riskOfResource(resource.written),
        },
        action: action.selector,
        resource: resource.selector,
        conditions,
        ...namesOf(pool, principal, action.text, resource.text, common.conditionsText),
      }));
    }),
  );
}

interface SharedPart {
  readonly pool: Unit["pool"];
  readonly conditions: readonly ConditionTest[];
  readonly conditionsText: string;
  readonly row: Omit<PermissionRow, "principal" | "action" | "resource" | "risk">;
}

/** What all units of one statement have in common. */
function sharedPart(statement: NormalStatement, place: Place): SharedPart {
  const { sid, effect, conditions } = statement;
  const condition = conditions.length === 0 ? "" : stableText(conditionBlock(conditions));
  const origin = place.document.origin?.(sid, statement.structure) ?? null;
  const tests = conditions.map((test) => ({ ...test, values: test.values.map(valueFold(place)) }));
  return {
    pool: effect === "Deny" ? "deny" : place.allows,
    conditions: tests,
    conditionsText: JSON.stringify(tests),
    row: { effect, condition, from: place.document.from, sid, origin, certainty: "possible" },
  };
}

/** A trust policy speaks of its own role alone. */
const NO_RESOURCE = spreadOf("", EVERYTHING);

function principalNames(principals: Selector | null): readonly (string | null)[] {
  if (principals === null) return [null];
  return principals.negated ? [listText(EXCEPT, principals.values)] : principals.values;
}

function valueFold(place: Place): (text: string) => string {
  return place.plainDollar ? (text) => text.replaceAll("${", PLAIN_DOLLAR) : foldVariables;
}

function namesOf(
  pool: string,
  principal: string | null,
  action: string,
  resource: string,
  conditions: string,
): Pick<Unit, "shape" | "key"> {
  const shape = `${pool} ${JSON.stringify(principal)} ${action} ${resource}`;
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
    return (resource) => riskOn(resource, listed, NOBODY);
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
