import type { Chance } from "./chance.ts";
import type { PlacedDocument } from "./drawn-place.ts";
import { ACTIONS, FAMILIES, PRINCIPALS, RESOURCES } from "./vocabulary.ts";
import { listed, type Written } from "./world.ts";

/** A change of one token. Undefined where the document has no such token. */
export interface Mutation {
  readonly because: string;
  readonly change: (document: PlacedDocument, chance: Chance) => PlacedDocument | undefined;
}

type ChangeStatement = (statement: Written, chance: Chance) => Written | undefined;

const ofStatement =
  (change: ChangeStatement): Mutation["change"] =>
  (document, chance) => {
    const at = Math.floor(chance.next() * document.Statement.length);
    const changed = change(document.Statement[at] ?? {}, chance);
    return changed && { ...document, Statement: document.Statement.with(at, changed) };
  };

/** The element or its negation, whichever the statement has. */
function elementOf(statement: Written, name: string): string | undefined {
  return [name, `Not${name}`].find((element) => element in statement);
}

type ChangeValues = (values: readonly unknown[], chance: Chance) => readonly unknown[] | undefined;

const ofElement =
  (name: string, change: ChangeValues): ChangeStatement =>
  (statement, chance) => {
    const element = elementOf(statement, name);
    const changed = element && change(listed(statement[element]), chance);
    return element && changed ? { ...statement, [element]: changed } : undefined;
  };

const negate =
  (name: string): ChangeStatement =>
  (statement) => {
    const element = elementOf(statement, name);
    if (element === undefined || (name === "Principal" && statement["Effect"] === "Allow")) return undefined;
    const { [element]: values, ...rest } = statement;
    return { ...rest, [element === name ? `Not${name}` : name]: values };
  };

const anotherOf =
  (pool: readonly unknown[]): ChangeValues =>
  (values, chance) =>
    values.length === 0 ? undefined : values.with(Math.floor(chance.next() * values.length), chance.of(pool));
const moreOf =
  (pool: readonly unknown[]): ChangeValues =>
  (values, chance) => [...values, chance.of(pool)];
const fewer: ChangeValues = (values, chance) =>
  values.length < 2 ? undefined : values.toSpliced(Math.floor(chance.next() * values.length), 1);

/** One character of one value more, less, or of another case. */
const respelled: ChangeValues = (values, chance) => {
  const at = Math.floor(chance.next() * values.length);
  const text = String(values[at]);
  const place = Math.floor(chance.next() * (text.length + 1));
  const changed = chance.of([
    text.slice(0, place) + chance.of(["*", "?", "x", ":"]) + text.slice(place),
    text.slice(0, place) + text.slice(place + 1),
    text.toUpperCase(),
  ]);
  return text.includes("${") || !/^arn(:[^:]*){5}./i.test(changed) ? undefined : values.with(at, changed);
};

interface Entry {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly unknown[];
}

type ChangeEntry = (entry: Entry, chance: Chance) => Entry | undefined;

const ofCondition =
  (change: ChangeEntry): ChangeStatement =>
  (statement, chance) => {
    const block = (statement["Condition"] ?? {}) as Readonly<Record<string, Written>>;
    const entries = Object.entries(block).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]): Entry => ({ operator, key, values: listed(values) })),
    );
    if (entries.length === 0) return undefined;
    const at = Math.floor(chance.next() * entries.length);
    const entry = entries[at];
    const changed = entry && change(entry, chance);
    return changed && { ...statement, Condition: blockOf(entries.with(at, changed)) };
  };

function blockOf(entries: readonly Entry[]): Written {
  const block: Record<string, Record<string, unknown>> = {};
  for (const { operator, key, values } of entries) block[operator] = { ...block[operator], [key]: values };
  return block;
}

const ofValues =
  (change: (entry: Entry) => ChangeValues): ChangeEntry =>
  (entry, chance) => {
    const values = change(entry)(entry.values, chance);
    return values && { ...entry, values };
  };

function familyOf({ operator }: Entry): (typeof FAMILIES)[number] | undefined {
  return FAMILIES.find(({ operators }) => operators.some((name) => operator.includes(name)));
}

const poolOf = (entry: Entry): readonly unknown[] => familyOf(entry)?.wanted ?? ["true", "false"];

const otherOperator: ChangeEntry = (entry, chance) => {
  const family = familyOf(entry);
  const [, set = "", , suffix = ""] = /^(ForA\w+:)?(.*?)(IfExists)?$/.exec(entry.operator) ?? [];
  return family && { ...entry, operator: `${set}${chance.of(family.operators)}${suffix}` };
};

const otherSuffix: ChangeEntry = (entry) => {
  const { operator } = entry;
  if (operator === "Null") return undefined;
  const isLong = operator.endsWith("IfExists");
  return { ...entry, operator: isLong ? operator.slice(0, -"IfExists".length) : `${operator}IfExists` };
};

const otherSet: ChangeEntry = (entry) => {
  const { operator } = entry;
  if (!operator.startsWith("For")) return undefined;
  const isAll = operator.startsWith("ForAll");
  return {
    ...entry,
    operator: isAll
      ? operator.replace("ForAllValues", "ForAnyValue")
      : operator.replace("ForAnyValue", "ForAllValues"),
  };
};

const otherKey: ChangeEntry = (entry, chance) => {
  const family = familyOf(entry);
  return family === undefined || entry.operator.startsWith("For")
    ? undefined
    : { ...entry, key: chance.of(family.keys) };
};

const otherPrincipal: ChangeStatement = (statement, chance) =>
  "Principal" in statement ? { ...statement, Principal: chance.of(PRINCIPALS) } : undefined;

const droppedCondition: ChangeStatement = ({ Condition, ...rest }) =>
  Condition === undefined ? undefined : rest;

export const MUTATIONS: readonly Mutation[] = [
  {
    because: "Allow is no Deny",
    change: ofStatement((one) =>
      "NotPrincipal" in one ? undefined : { ...one, Effect: one["Effect"] === "Allow" ? "Deny" : "Allow" },
    ),
  },
  { because: "another action", change: ofStatement(ofElement("Action", anotherOf(ACTIONS))) },
  { because: "an action more", change: ofStatement(ofElement("Action", moreOf(ACTIONS))) },
  { because: "an action less", change: ofStatement(ofElement("Action", fewer)) },
  { because: "NotAction", change: ofStatement(negate("Action")) },
  { because: "another resource", change: ofStatement(ofElement("Resource", anotherOf(RESOURCES))) },
  { because: "a resource more", change: ofStatement(ofElement("Resource", moreOf(RESOURCES))) },
  { because: "a resource less", change: ofStatement(ofElement("Resource", fewer)) },
  { because: "a character of a resource", change: ofStatement(ofElement("Resource", respelled)) },
  { because: "NotResource", change: ofStatement(negate("Resource")) },
  { because: "another principal", change: ofStatement(otherPrincipal) },
  { because: "NotPrincipal", change: ofStatement(negate("Principal")) },
  { because: "another operator", change: ofStatement(ofCondition(otherOperator)) },
  { because: "IfExists", change: ofStatement(ofCondition(otherSuffix)) },
  { because: "another set operator", change: ofStatement(ofCondition(otherSet)) },
  { because: "another key", change: ofStatement(ofCondition(otherKey)) },
  {
    because: "another value",
    change: ofStatement(ofCondition(ofValues((entry) => anotherOf(poolOf(entry))))),
  },
  { because: "a value more", change: ofStatement(ofCondition(ofValues((entry) => moreOf(poolOf(entry))))) },
  { because: "a value less", change: ofStatement(ofCondition(ofValues(() => fewer))) },
  { because: "no condition", change: ofStatement(droppedCondition) },
  {
    because: "another version",
    change: ({ Version, ...rest }) => ({
      ...rest,
      Version: Version === "2012-10-17" ? "2008-10-17" : "2012-10-17",
    }),
  },
  {
    because: "a statement less",
    change: (document, chance) =>
      document.Statement.length < 2
        ? undefined
        : {
            ...document,
            Statement: document.Statement.toSpliced(Math.floor(chance.next() * document.Statement.length), 1),
          },
  },
];
