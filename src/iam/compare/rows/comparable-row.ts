import type { PermissionRow, RowRisk } from "../../../model/delta.ts";
import type { AttachedDocument } from "../../attached-document.ts";
import { memberDanger } from "../../risk/access.ts";
import { conditionBlock } from "../../read/conditions.ts";
import type {
  ConditionTest,
  DocumentContext,
  NormalDocument,
  NormalStatement,
  Selector,
} from "../../document.ts";
import { foldVariables } from "../../match/template.ts";
import { parseDocument } from "../../read/parse.ts";
import { EXCEPT, listText } from "../../match/reach.ts";
import { rowRisk } from "../../risk/row-risk.ts";
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

export function documentUnits(
  document: AttachedDocument,
  context: DocumentContext,
  allows: "grant" | "limit",
): readonly Unit[] {
  const parsed = parseDocument(document.text, context);
  if (parsed.kind === "unreadable")
    return [
      opaqueUnit(document, allows, {
        version: "",
        sid: null,
        structure: "",
        text: JSON.stringify(document.text),
      }),
    ];
  const known = document.origin === undefined ? sharedUnits() : unitsOfNow(document.origin);
  const places = known.get(parsed.document) ?? new Map<string, readonly Unit[]>();
  const place = `${allows} ${document.from}`;
  const found = places.get(place);
  if (found !== undefined) return found;
  const units = makeUnits(parsed.document, document, context, allows);
  known.set(parsed.document, places.set(place, units));
  if (known === shared) sharedCount += units.length;
  return units;
}

/** By document and place; no longer than the memo of parsed documents keeps the document. */
type KnownUnits = WeakMap<NormalDocument, Map<string, readonly Unit[]>>;

/** So many units are kept before all are forgotten: some twenty megabytes. */
const MAX_SHARED = 20_000;
let shared: KnownUnits = new WeakMap();
let sharedCount = 0;

/** Boundaries and attached policies stand on many roles. */
function sharedUnits(): KnownUnits {
  if (sharedCount > MAX_SHARED) {
    shared = new WeakMap();
    sharedCount = 0;
  }
  return shared;
}

let ofNow: { readonly origin: AttachedDocument["origin"]; readonly known: KnownUnits } = {
  origin: undefined,
  known: new WeakMap(),
};

/** A role's own document stands on both sides of each of its deltas, which come one after the other: kept until the next role. */
function unitsOfNow(origin: AttachedDocument["origin"]): KnownUnits {
  if (ofNow.origin !== origin) ofNow = { origin, known: new WeakMap() };
  return ofNow.known;
}

function makeUnits(
  { version, members }: NormalDocument,
  document: AttachedDocument,
  context: DocumentContext,
  allows: "grant" | "limit",
): readonly Unit[] {
  const whole = wholeStatements(members);
  const place = { document, context, allows, plainDollar: version === "2008-10-17" };
  return members.flatMap((member) => {
    if (member.kind === "statement") return statementUnits(member, { ...place, isWhole: whole.has(member) });
    const { sid, structure } = member;
    return [
      opaqueUnit(document, allows, { version, sid, structure, text: structure.slice("opaque ".length) }),
    ];
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
  { from, origin }: AttachedDocument,
  allows: "grant" | "limit",
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

interface Place {
  readonly document: AttachedDocument;
  readonly context: DocumentContext;
  readonly allows: "grant" | "limit";
  readonly plainDollar: boolean;
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
  return principalNames(principals).flatMap((principal) =>
    actions.flatMap((action) =>
      resources.map((resource) => {
        const row = { ...common.row, principal, action: action.written, resource: resource.written };
        const { pool, conditions } = common;
        const risk = unitRisk(row, statement, place.context);
        return {
          pool,
          row: { ...row, risk },
          action: action.selector,
          resource: resource.selector,
          conditions,
          ...namesOf(pool, principal, action.text, resource.text, common.conditionsText),
        };
      }),
    ),
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

/** In trust and resource policies the risk lies in who it is. */
function unitRisk(
  row: Omit<PermissionRow, "risk">,
  statement: NormalStatement,
  context: DocumentContext,
): RowRisk {
  if (context.dialect === "resource")
    return memberDanger(statement, context) === "public" ? "exposure" : "none";
  if (context.dialect !== "trust") return rowRisk({ ...row, effect: "Allow" }, NOBODY);
  return row.effect === "Allow" && row.principal !== "Service lambda.amazonaws.com" ? "escalation" : "none";
}
