import type { Tier } from "../../../src/model/rules/tier.ts";
import type { PlacedDocument } from "./drawn-place.ts";
import { HOME } from "./vocabulary.ts";
import { listed, type Written } from "./world.ts";

/** Another way of writing the same, as docs/iam-language.md lists them. */
export interface Fold {
  readonly because: string;
  readonly tier: Tier;
  readonly dialects: "all" | "of resources" | "of policies";
  readonly write: (document: PlacedDocument) => unknown;
}

const fold = (because: string, write: Fold["write"], tier: Tier = "equal"): Fold => ({
  because,
  tier,
  dialects: "all",
  write,
});

const ofStatements =
  (write: (statement: Written) => unknown) =>
  (document: PlacedDocument): unknown => ({ ...document, Statement: document.Statement.map(write) });

const ELEMENTS = ["Action", "NotAction", "Resource", "NotResource"];

/** Each list of values of a statement rewritten, by its position. */
function lists(
  write: (values: readonly unknown[], where: string) => unknown,
): (statement: Written) => Record<string, unknown> {
  const members = (value: unknown, where: string): unknown => write(listed(value), where);
  const mapped = (value: unknown, rewrite: (inner: unknown) => unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rewrite(inner)]))
      : value;
  return (statement) =>
    Object.fromEntries(
      Object.entries(statement).map(([name, value]) => {
        if (ELEMENTS.includes(name)) return [name, members(value, name)];
        if (name.endsWith("Principal")) return [name, mapped(value, (inner) => members(inner, name))];
        if (name !== "Condition") return [name, value];
        return [name, mapped(value, (keys) => mapped(keys, (inner) => members(inner, name)))];
      }),
    );
}

/** A condition block rewritten, entry by entry. */
const tests = (
  write: (operator: string, key: string, values: unknown) => readonly [string, string, unknown],
) =>
  ofStatements((statement) => {
    if (statement["Condition"] === undefined) return statement;
    const block: Record<string, Record<string, unknown>> = {};
    for (const [operator, keys] of Object.entries(
      statement["Condition"] as Readonly<Record<string, Written>>,
    )) {
      for (const [key, values] of Object.entries(keys)) {
        const [name, spelled, written] = write(operator, key, values);
        block[name] = { ...block[name], [spelled]: written };
      }
    }
    return { ...statement, Condition: block };
  });

const reversed = (value: object): object => Object.fromEntries(Object.entries(value).toReversed());

const scalars = (values: readonly unknown[]): unknown => (values.length === 1 ? values[0] : values);
const entire = (values: readonly unknown[]): unknown => values;

const ROOT = `arn:aws:iam::${HOME}:root`;

function everyone(statement: Written): unknown {
  if (statement["Principal"] === "*") return { ...statement, Principal: { AWS: "*" } };
  return JSON.stringify(statement["Principal"]) === '{"AWS":"*"}'
    ? { ...statement, Principal: "*" }
    : statement;
}

/** Two operators that behave identically, exchanged unless the other one is used with the same key. */
function exchanged(document: PlacedDocument): unknown {
  const has = (name: string): boolean =>
    JSON.stringify(document).includes(`${name}"`) || JSON.stringify(document).includes(`${name}IfExists"`);
  const [from, to] =
    has("ArnEquals") && !has("ArnLike") ? ["ArnEquals", "ArnLike"] : ["ArnNotLike", "ArnNotEquals"];
  if (has(to ?? "")) return document;
  return tests((operator, key, values) => [operator.replace(from ?? "", to ?? ""), key, values])(document);
}

const valued = (pattern: RegExp, write: (value: string) => string): Fold["write"] =>
  tests((operator, key, values) =>
    pattern.test(operator)
      ? [operator, key, listed(values).map((value) => write(String(value)))]
      : [operator, key, values],
  );

export const FOLDS: readonly Fold[] = [
  fold("a list of one is its member", ofStatements(lists(scalars))),
  fold("a value is a list of one", ofStatements(lists(entire))),
  fold("one statement needs no list", (document) => ({
    ...document,
    Statement: scalars(document.Statement),
  })),
  fold("statements have no order", (document) => ({
    ...document,
    Statement: document.Statement.toReversed(),
  })),
  fold("lists have no order", ofStatements(lists((values) => values.toReversed()))),
  fold("objects have no order", (document) =>
    reversed({ ...document, Statement: document.Statement.map(reversed) }),
  ),
  fold(
    "conditions have no order",
    ofStatements((one) =>
      "Condition" in one ? { ...one, Condition: reversed(one["Condition"] as object) } : one,
    ),
  ),
  fold("a member counts once", ofStatements(lists((values) => [...values, ...values]))),
  fold("a statement counts once", (document) => ({
    ...document,
    Statement: [...document.Statement, ...document.Statement],
  })),
  fold(
    "actions have no case",
    ofStatements(
      lists((values, where) =>
        where.endsWith("Action") ? values.map((value) => String(value).toUpperCase()) : values,
      ),
    ),
  ),
  fold(
    "condition keys have no case",
    tests((operator, key, values) => [operator, key.toUpperCase(), values]),
  ),
  fold(
    "true and numbers may be in quotation marks",
    tests((operator, key, values) => [operator, key, listed(values).map(String)]),
  ),
  fold(
    "and without",
    tests((operator, key, values) => [
      operator,
      key,
      /Bool|Null/.test(operator) ? listed(values).map((value) => (value === "true" ? true : value)) : values,
    ]),
  ),
  fold("no Version is the one of 2008", ({ Version, ...rest }) =>
    Version === undefined
      ? { ...rest, Version: "2008-10-17" }
      : Version === "2008-10-17"
        ? rest
        : { ...rest, Version },
  ),
  fold(
    "an empty Sid is none",
    ofStatements((one) => ({ Sid: "", ...one })),
  ),
  fold(
    "an empty Condition is none",
    ofStatements((one) => ({ Condition: {}, ...one })),
  ),
  fold(
    "an operator without keys tests nothing",
    ofStatements((one) => ({
      ...one,
      Condition: {
        ...(one["Condition"] as object),
        DateEquals: (one["Condition"] as Written | undefined)?.["DateEquals"] ?? {},
      },
    })),
  ),
  fold(
    "null is no member",
    ofStatements(lists((values, where) => (where.endsWith("Resource") ? [null, ...values] : values))),
  ),
  fold("spaces do not count", (document) => JSON.stringify(document, null, 3)),
  fold("IAM answers in URL encoding", (document) => encodeURIComponent(JSON.stringify(document))),
  {
    ...fold(
      "an account's id is its root's ARN",
      ofStatements(
        lists((values, where) =>
          where.endsWith("Principal") ? values.map((value) => (value === HOME ? ROOT : value)) : values,
        ),
      ),
    ),
    dialects: "of resources",
  },
  {
    ...fold(
      "and the reverse",
      ofStatements(
        lists((values, where) =>
          where.endsWith("Principal") ? values.map((value) => (value === ROOT ? HOME : value)) : values,
        ),
      ),
    ),
    dialects: "of resources",
  },
  { ...fold("everyone has two spellings", ofStatements(everyone)), dialects: "of policies" },
  fold("an Id decides nothing", (document) => ({ ...document, Id: "an id" }), "metadata"),
  fold(
    "a Sid decides nothing",
    ofStatements((one) => ({ ...one, Sid: "S" })),
    "metadata",
  ),
  fold("ArnEquals and ArnLike behave identically", exchanged, "meaning"),
  fold(
    "a Boolean is its value",
    valued(/Bool|Null/, (value) => value.toUpperCase()),
    "meaning",
  ),
  fold(
    "a number is its value",
    valued(/Numeric/, (value) => (value.includes(".") ? `${value}0` : `${value}.0`)),
    "meaning",
  ),
  fold(
    "an instant is its value",
    valued(/Date/, (value) => value.replace(/^2026-01-01T00:00:00Z$/, "2026-01-01T01:00:00+01:00")),
    "meaning",
  ),
  fold(
    "two stars are one",
    ofStatements(
      lists((values, where) =>
        ELEMENTS.includes(where)
          ? values.map((value) => String(value).replaceAll(/(?<!\{)\*/g, "**"))
          : values,
      ),
    ),
    "meaning",
  ),
  fold(
    "what another member covers adds nothing",
    ofStatements(
      lists((values, where) =>
        values.includes("s3:*") && where.endsWith("Action")
          ? ["s3:GetObject", ...values]
          : values.includes("*") && where.endsWith("Resource")
            ? ["arn:aws:s3:::b", ...values]
            : values,
      ),
    ),
    "meaning",
  ),
];
