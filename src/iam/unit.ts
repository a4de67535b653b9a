import type { PermissionRow, RowRisk } from "../model/delta.ts";
import type { Origin } from "../model/origin.ts";
import type { StringOrList } from "../model/policy-document.ts";
import { memberDanger } from "./access.ts";
import { conditionBlock } from "./conditions.ts";
import type {
  ConditionTest,
  DocumentContext,
  NormalDocument,
  NormalStatement,
  Selector,
} from "./document.ts";
import { conditionsImply } from "./implication.ts";
import { parseDocument } from "./parse.ts";
import { EXCEPT } from "./reach.ts";
import { rowRisk } from "./risk.ts";
import { ACTIONS, RESOURCES, selectorCovers, selectorsMeet } from "./selector.ts";
import { writtenStatement } from "./statement.ts";
import { sortedSet, stableText, toList } from "./text.ts";
import { PLAIN_DOLLAR } from "./wildcard.ts";

/** A document of a role (or its trust, or a function's policy) and where it stands. */
export interface AttachedDocument {
  /** `inline grantkeeper`, an attached policy's ARN, `boundary`, `trust` … */
  readonly from: string;
  readonly text: string;
  /** Where the statement was written, for the documents that git knows. */
  readonly origin?: (sid: string | null) => Origin | null;
}

/** One row with what it takes to compare it. Opaque ones equal only themselves. */
export interface Unit {
  /** Deny counts the same wherever it stands; an Allow of a boundary is a limit, not a grant. */
  readonly pool: "grant" | "limit" | "deny" | "opaque";
  readonly row: PermissionRow;
  readonly action: Selector;
  readonly resource: Selector;
  readonly conditions: readonly ConditionTest[];
  /** Equal for units of the same meaning. */
  readonly key: string;
}

const NOBODY = { role: "", function: "" };
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
  key: unitKey("limit", null, EVERYTHING, EVERYTHING, []),
};

export function documentUnits(
  document: AttachedDocument,
  context: DocumentContext,
  allows: "grant" | "limit",
): readonly Unit[] {
  const parsed = parseDocument(document.text, context);
  if (parsed.kind === "unreadable") return [opaqueUnit(document, null, JSON.stringify(document.text))];
  if (document.origin !== undefined) return makeUnits(parsed.document, document, context, allows);
  const place = `${allows} ${document.from}`;
  const byPlace = shared.get(parsed.document) ?? new Map<string, readonly Unit[]>();
  const units = byPlace.get(place) ?? makeUnits(parsed.document, document, context, allows);
  shared.set(parsed.document, byPlace.set(place, units));
  return units;
}

/** Boundaries and attached policies stand on many roles; kept as long as the memo of parsed documents keeps the document. */
const shared = new WeakMap<NormalDocument, Map<string, readonly Unit[]>>();

function makeUnits(
  { version, members }: NormalDocument,
  document: AttachedDocument,
  context: DocumentContext,
  allows: "grant" | "limit",
): readonly Unit[] {
  return members.flatMap((member) =>
    member.kind === "opaque"
      ? [opaqueUnit(document, member.sid, member.structure.slice("opaque ".length))]
      : statementUnits(member, { document, context, allows, plainDollar: version === "2008-10-17" }),
  );
}

/** What is not understood may allow or deny anything. */
function opaqueUnit({ from, origin }: AttachedDocument, sid: string | null, text: string): Unit {
  const row: PermissionRow = {
    effect: "Allow",
    principal: null,
    action: "unknown",
    resource: "unknown",
    condition: text,
    from,
    sid,
    origin: origin?.(sid) ?? null,
    certainty: "possible",
    risk: "none",
  };
  return {
    pool: "opaque",
    row,
    action: EVERYTHING,
    resource: EVERYTHING,
    conditions: [],
    key: `opaque ${text}`,
  };
}

interface Place {
  readonly document: AttachedDocument;
  readonly context: DocumentContext;
  readonly allows: "grant" | "limit";
  readonly plainDollar: boolean;
}

function statementUnits(statement: NormalStatement, place: Place): readonly Unit[] {
  const { principals } = statement;
  const written = writtenStatement(statement);
  const actions = spread(written.Action, written.NotAction, (text) => text.toLowerCase());
  const resources =
    statement.resources === null
      ? [NO_RESOURCE]
      : spread(written.Resource, written.NotResource, plain(place));
  const common = sharedPart(statement, place);
  return principalNames(principals).flatMap((principal) =>
    actions.flatMap((action) =>
      resources.map((resource) => {
        const row = { ...common.row, principal, action: action.written, resource: resource.written };
        const key = unitKey(common.pool, principal, action.selector, resource.selector, common.conditions);
        const { pool, conditions } = common;
        const risk = unitRisk(row, statement, place.context);
        return {
          pool,
          row: { ...row, risk },
          action: action.selector,
          resource: resource.selector,
          conditions,
          key,
        };
      }),
    ),
  );
}

interface SharedPart {
  readonly pool: Unit["pool"];
  readonly conditions: readonly ConditionTest[];
  readonly row: Omit<PermissionRow, "principal" | "action" | "resource" | "risk">;
}

/** What all units of one statement have in common. */
function sharedPart(statement: NormalStatement, place: Place): SharedPart {
  const { sid, effect, conditions } = statement;
  const condition = conditions.length === 0 ? "" : stableText(conditionBlock(conditions));
  const origin = place.document.origin?.(sid) ?? null;
  return {
    pool: effect === "Deny" ? "deny" : place.allows,
    conditions: conditions.map((test) => ({ ...test, values: test.values.map(plain(place)) })),
    row: { effect, condition, from: place.document.from, sid, origin, certainty: "possible" },
  };
}

interface Spread {
  readonly written: string;
  readonly selector: Selector;
}

/** A trust policy speaks of its own role alone. */
const NO_RESOURCE: Spread = { written: "", selector: EVERYTHING };

/** A list is one row a member; everything but a list is one row. */
function spread(
  positive: StringOrList | undefined,
  negative: StringOrList | undefined,
  fold: (text: string) => string,
): readonly Spread[] {
  if (positive !== undefined) {
    const byValue = new Map(toList(positive).map((written) => [fold(written), written]));
    return [...byValue].map(([value, written]) => ({
      written,
      selector: { negated: false, values: [value] },
    }));
  }
  const excepted = toList(negative ?? []);
  const selector = { negated: true, values: sortedSet(excepted.map(fold)) };
  return [{ written: `${EXCEPT}${excepted.toSorted().join(", ")}`, selector }];
}

function principalNames(principals: Selector | null): readonly (string | null)[] {
  if (principals === null) return [null];
  return principals.negated ? [`${EXCEPT}${principals.values.join(", ")}`] : principals.values;
}

function plain(place: Place): (text: string) => string {
  return (text) => (place.plainDollar ? text.replaceAll("${", PLAIN_DOLLAR) : text);
}

function unitKey(
  pool: string,
  principal: string | null,
  action: Selector,
  resource: Selector,
  conditions: readonly ConditionTest[],
): string {
  return JSON.stringify([
    pool,
    principal,
    action.negated,
    action.values,
    resource.negated,
    resource.values,
    conditions,
  ]);
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

/** True only when every request that `inner` speaks of `outer` speaks of too. */
export function unitCovers(outer: Unit, inner: Unit): boolean {
  if (outer.key === inner.key) return true;
  if (outer.pool !== inner.pool || outer.pool === "opaque" || outer.row.principal !== inner.row.principal)
    return false;
  return (
    selectorCovers(outer.action, inner.action, ACTIONS) &&
    selectorCovers(outer.resource, inner.resource, RESOURCES) &&
    conditionsImply(inner.conditions, outer.conditions)
  );
}

/** False only when no request is spoken of by both, whatever their conditions and principals. */
export function unitsMeet(a: Unit, b: Unit): boolean {
  return selectorsMeet(a.action, b.action, ACTIONS) && selectorsMeet(a.resource, b.resource, RESOURCES);
}
