import { hasArnParts, isPolicyArn } from "../model/aws/arn.ts";
import type { ConditionBlock, ConditionTest } from "../model/aws/policy-document.ts";
import type {
  ContainingDocument,
  Delta,
  DeltaRow,
  NameSet,
  PermissionRow,
  RecordedDelta,
  RecordedDeltaRow,
  RecordedRow,
  RowCondition,
} from "../model/delta.ts";
import { isObject, stableText, toList, parsedJson } from "../text/json-values.ts";

// The only place that knows how the record, the API and the screens write the parts of a row as texts.

const BEGINNINGS = { "any-of": "any of ", "all-but": "all but " } as const;
const UNKNOWN = "unknown";
const BETWEEN = ", ";

/** `s3:GetObject`, `*`, `any of a, b`, `all but a, b`, `unknown`; "" for none. */
export function namesText(set: NameSet): string {
  if (set.kind === "any-of" || set.kind === "all-but") return BEGINNINGS[set.kind] + listText(set.names);
  if (set.kind === "one") return set.name;
  return { any: "*", none: "", unknown: UNKNOWN }[set.kind];
}

const MAX_SHOWN = 6;

/** The same for people: `any of a, b, c, d, e and 597 more`. */
export function shortNames(set: NameSet): string {
  if (set.kind !== "any-of" && set.kind !== "all-but") return namesText(set);
  return BEGINNINGS[set.kind] + shortList(set.names);
}

export function shortList(names: readonly string[]): string {
  if (names.length <= MAX_SHOWN) return listText(names);
  const shown = MAX_SHOWN - 1;
  return `${listText(names.slice(0, shown))} and ${names.length - shown} more`;
}

/** No name in AWS contains a comma and a blank: a name with both is written without the blank, and stays one name. */
function listText(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(BETWEEN, ",")).join(BETWEEN);
}

/** The set that `namesText` wrote. */
export function readNames(text: string): NameSet {
  for (const kind of ["any-of", "all-but"] as const)
    if (text.startsWith(BEGINNINGS[kind]))
      return { kind, names: text.slice(BEGINNINGS[kind].length).split(BETWEEN) };
  if (text === "*") return { kind: "any" };
  if (text === "") return { kind: "none" };
  return text === UNKNOWN ? { kind: "unknown" } : { kind: "one", name: text };
}

/** Canonical JSON of the condition block; "" for none, and what is not understood as it is. */
export function conditionText(condition: RowCondition): string {
  if (condition.kind === "tests") return stableText(conditionBlock(condition.tests));
  return condition.kind === "none" ? "" : condition.text;
}

export function testsOf(condition: RowCondition): readonly ConditionTest[] {
  return condition.kind === "tests" ? condition.tests : [];
}

/** The condition that `conditionText` wrote; any other text is not understood. */
export function readCondition(text: string): RowCondition {
  if (text === "") return { kind: "none" };
  const block = parsedJson(text);
  if (!isConditionBlock(block)) return { kind: "unknown", text, effect: null };
  return { kind: "tests", tests: conditionTests(block) };
}

function isConditionBlock(value: unknown): value is ConditionBlock {
  const isText = (one: unknown): boolean => typeof one === "string";
  const isValue = (one: unknown): boolean => isText(one) || (Array.isArray(one) && one.every(isText));
  const areKeys = (keys: unknown): boolean => isObject(keys) && Object.values(keys).every(isValue);
  return isObject(value) && Object.values(value).every(areKeys);
}

/** The tests of a condition block that is known to be correct. */
export function conditionTests(block: ConditionBlock = {}): readonly ConditionTest[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: toList(values),
    })),
  );
}

/** The condition block that `readConditions` reads back as `tests`. */
export function conditionBlock(tests: readonly ConditionTest[]): ConditionBlock {
  const byOperator = Map.groupBy(tests, (test) => test.operator);
  return Object.fromEntries(
    [...byOperator].map(([operator, members]) => {
      const seen = new Map<string, number>();
      return [operator, Object.fromEntries(members.map((test) => [spelling(test.key, seen), test.values]))];
    }),
  );
}

/** Two tests of one key need two spellings, since JSON has each name once and IAM ignores the case of keys. */
function spelling(key: string, seen: Map<string, number>): string {
  const nth = seen.get(key) ?? 0;
  seen.set(key, nth + 1);
  let rest = nth;
  return key
    .split("")
    .map((letter) => {
      if (rest === 0 || letter === letter.toUpperCase()) return letter;
      const raised = rest % 2 === 1;
      rest = Math.floor(rest / 2);
      return raised ? letter.toUpperCase() : letter;
    })
    .join("");
}

const INLINE = "inline ";

/** `inline grantkeeper`, the ARN of an attached policy, `boundary`, `trust`, or the name of a document alone. */
export function documentName(document: ContainingDocument): string {
  switch (document.kind) {
    case "inline":
      return INLINE + document.name;
    case "managed":
      return document.arn;
    case "other":
      return document.name;
    case "boundary":
    case "trust":
      return document.kind;
  }
}

/** The document that `documentName` named. */
export function readDocumentName(name: string): ContainingDocument {
  if (name === "boundary" || name === "trust") return { kind: name };
  if (name.startsWith(INLINE)) return { kind: "inline", name: name.slice(INLINE.length) };
  return hasArnParts(name) && isPolicyArn(name) ? { kind: "managed", arn: name } : { kind: "other", name };
}

export function recordedRow(row: PermissionRow): RecordedRow {
  const { principal, action, resource, condition, from } = row;
  return {
    ...row,
    from: documentName(from),
    principal: principal && namesText(principal),
    action: namesText(action),
    resource: namesText(resource),
    condition: conditionText(condition),
  };
}

function readRow(row: RecordedRow): PermissionRow {
  const { principal, condition, from } = row;
  const action = readNames(row.action);
  return {
    ...row,
    from: readDocumentName(from),
    principal: principal === null ? null : readNames(principal),
    action,
    resource: readNames(row.resource),
    condition:
      action.kind === "unknown"
        ? { kind: "unknown", text: condition, effect: null }
        : readCondition(condition),
  };
}

export function recordedDelta(delta: Delta): RecordedDelta {
  const recorded = (row: DeltaRow): RecordedDeltaRow => ({
    ...row,
    ...recordedRow(row),
    otherCondition: row.otherCondition && conditionText(row.otherCondition),
    limit: row.limit && { ...row.limit, from: documentName(row.limit.from) },
  });
  return {
    allowed: delta.allowed.map(recorded),
    noLongerAllowed: delta.noLongerAllowed.map(recorded),
    unknownEffect: delta.unknownEffect.map((effect) =>
      effect.kind === "role-tag" ? { ...effect, row: recordedRow(effect.row) } : effect,
    ),
  };
}

export function readDelta(delta: RecordedDelta): Delta {
  const read = (row: RecordedDeltaRow): DeltaRow => ({
    ...row,
    ...readRow(row),
    otherCondition: row.otherCondition === null ? null : readCondition(row.otherCondition),
    limit: row.limit && { ...row.limit, from: readDocumentName(row.limit.from) },
  });
  return {
    allowed: delta.allowed.map(read),
    noLongerAllowed: delta.noLongerAllowed.map(read),
    unknownEffect: delta.unknownEffect.map((effect) =>
      effect.kind === "role-tag" ? { ...effect, row: readRow(effect.row) } : effect,
    ),
  };
}
