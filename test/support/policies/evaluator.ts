/**
 * A second opinion on what a role may do, written from AWS's documentation and sharing no code with src: explicit
 * Deny, then an Allow in one of the role's policies, then an Allow in its boundary. Brute force, for small documents.
 * @see https://docs.aws.amazonaws.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export interface EvaluatedRole {
  readonly documents: readonly string[];
  readonly boundary: string | null;
}

export interface EvaluatedRequest {
  readonly action: string;
  readonly resource: string;
  /** The tests that hold, by `atomsOf`; a test that is not in it does not. Ignored where a context is given. */
  readonly conditionAtoms?: ReadonlySet<string>;
  /** Condition keys (lower-case) and their values; tests are then judged by them. */
  readonly context?: Readonly<Record<string, string>>;
}

interface UncheckedStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export function allows(role: EvaluatedRole, request: EvaluatedRequest): boolean {
  const own = role.documents.flatMap(statementsOf);
  const limit = role.boundary === null ? null : statementsOf(role.boundary);
  const applies = (effect: string) => (statement: ReadStatement) =>
    statement.effect === effect && speaksOf(statement, request);
  if ([...own, ...(limit ?? [])].some(applies("Deny"))) return false;
  return own.some(applies("Allow")) && (limit === null || limit.some(applies("Allow")));
}

/** Every test of the documents' conditions, by a name of its own: what `conditionAtoms` is made of. Sorted. */
export function atomsOf(documents: readonly string[]): readonly string[] {
  return [
    ...new Set(documents.flatMap(statementsOf).flatMap(({ tests }) => tests.map((test) => test.atom))),
  ].sort();
}

interface ConditionEntry {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** A name for tests of the same meaning. */
  readonly atom: string;
}

interface ReadStatement {
  readonly effect: string;
  readonly hasAction: (action: string) => boolean;
  readonly hasResource: (resource: string) => boolean;
  readonly tests: readonly ConditionEntry[];
}

/** The documents read last: a law asks about each of them many times. */
const read = new Map<string, readonly ReadStatement[]>();

function statementsOf(document: string): readonly ReadStatement[] {
  const known = read.get(document);
  if (known !== undefined) return known;
  const { Statement: found } = JSON.parse(document) as {
    Statement: UncheckedStatement | UncheckedStatement[];
  };
  const statements = (Array.isArray(found) ? found : [found]).map(readStatement);
  if (read.size > 1_000) read.clear();
  read.set(document, statements);
  return statements;
}

function readStatement(statement: UncheckedStatement): ReadStatement {
  return {
    effect: statement.Effect,
    hasAction: selects(statement.Action, statement.NotAction, (pattern) => pattern.toLowerCase()),
    hasResource: selects(statement.Resource, statement.NotResource, completed),
    tests: testsOf(statement),
  };
}

function speaksOf({ hasAction, hasResource, tests }: ReadStatement, request: EvaluatedRequest): boolean {
  return (
    hasAction(request.action.toLowerCase()) &&
    hasResource(request.resource) &&
    tests.every((test) => holds(test, request))
  );
}

/** "AWS automatically completes the ARN by adding wildcard characters to all missing fields": `arn:aws:sqs`. */
function completed(resource: string): string {
  const missing = resource === "*" ? 0 : Math.max(0, 6 - resource.split(":").length);
  return resource + ":*".repeat(missing);
}

type Element = string | readonly string[] | undefined;

function selects(
  positive: Element,
  negative: Element,
  written: (pattern: string) => string,
): (text: string) => boolean {
  const matches = list(positive ?? negative ?? []).map((pattern) => globs(written(pattern)));
  const isOneOf = (text: string): boolean => matches.some((isMatch) => isMatch(text));
  return positive === undefined ? (text) => !isOneOf(text) : isOneOf;
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

/** `*` for any text, `?` for one character. For short patterns: many stars would take long. */
function globs(pattern: string): (text: string) => boolean {
  const parts = pattern.split(/\*+/).map((part) => part.split("?").map(escaped).join("."));
  const entire = new RegExp(`^${parts.join(".*")}$`, "s");
  return (text) => entire.test(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function testsOf(statement: UncheckedStatement): readonly ConditionEntry[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([name, found]) => {
      const [key, values] = [name.toLowerCase(), list(found)];
      return { operator, key, values, atom: JSON.stringify([operator, key, [...new Set(values)].sort()]) };
    }),
  );
}

function holds(test: ConditionEntry, { context, conditionAtoms }: EvaluatedRequest): boolean {
  if (context === undefined) return conditionAtoms?.has(test.atom) === true;
  const [base = "", ifExists] = test.operator.split("IfExists");
  const found = context[test.key];
  if (base === "Null") return test.values.some((value) => (value === "true") === (found === undefined));
  const negated = base.includes("Not");
  if (found === undefined) return negated || ifExists !== undefined;
  const matches = test.values.some((value) =>
    /Like|Arn/.test(base) ? globs(value)(found) : value === found,
  );
  return negated ? !matches : matches;
}
