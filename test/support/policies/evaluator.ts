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

interface WrittenStatement {
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
  const applies = (effect: string) => (statement: WrittenStatement) =>
    statement.Effect === effect && speaksOf(statement, request);
  if ([...own, ...(limit ?? [])].some(applies("Deny"))) return false;
  return own.some(applies("Allow")) && (limit === null || limit.some(applies("Allow")));
}

/** Every test of the documents' conditions, by a name of its own: what `conditionAtoms` is made of. Sorted. */
export function atomsOf(documents: readonly string[]): readonly string[] {
  return [
    ...new Set(documents.flatMap(statementsOf).flatMap((statement) => testsOf(statement).map(atom))),
  ].sort();
}

interface ConditionEntry {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The documents read last: a law asks about each of them many times. */
const read = new Map<string, readonly WrittenStatement[]>();

function statementsOf(document: string): readonly WrittenStatement[] {
  const known = read.get(document);
  if (known !== undefined) return known;
  const { Statement: found } = JSON.parse(document) as { Statement: WrittenStatement | WrittenStatement[] };
  const statements = Array.isArray(found) ? found : [found];
  if (read.size > 1_000) read.clear();
  read.set(document, statements);
  return statements;
}

function speaksOf(statement: WrittenStatement, request: EvaluatedRequest): boolean {
  const action = request.action.toLowerCase();
  const hasAction = selects(statement.Action, statement.NotAction, (pattern) =>
    globs(pattern.toLowerCase(), action),
  );
  const hasResource = selects(statement.Resource, statement.NotResource, (pattern) =>
    globs(completed(pattern), request.resource),
  );
  return hasAction && hasResource && testsOf(statement).every((test) => holds(test, request));
}

/** "AWS automatically completes the ARN by adding wildcard characters to all missing fields": `arn:aws:sqs`. */
function completed(resource: string): string {
  const missing = resource === "*" ? 0 : Math.max(0, 6 - resource.split(":").length);
  return resource + ":*".repeat(missing);
}

type Element = string | readonly string[] | undefined;

function selects(positive: Element, negative: Element, matches: (pattern: string) => boolean): boolean {
  return positive === undefined ? !list(negative ?? []).some(matches) : list(positive).some(matches);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

/** `*` for any text, `?` for one character: tried in every way, with what was tried remembered. */
function globs(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const failed = new Set<string>();
  const from = (p: number, t: number): boolean => {
    if (p === pattern.length) return t === text.length;
    const place = `${p} ${t}`;
    if (failed.has(place)) return false;
    const wanted = pattern[p];
    const fits = t < text.length && (wanted === "?" || wanted === text[t]);
    const found =
      wanted === "*" ? from(p + 1, t) || (t < text.length && from(p, t + 1)) : fits && from(p + 1, t + 1);
    if (!found) failed.add(place);
    return found;
  };
  return from(0, 0);
}

function testsOf(statement: WrittenStatement): readonly ConditionEntry[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key: key.toLowerCase(), values: list(values) })),
  );
}

function atom({ operator, key, values }: ConditionEntry): string {
  return JSON.stringify([operator, key, [...new Set(values)].sort()]);
}

function holds(test: ConditionEntry, { context, conditionAtoms }: EvaluatedRequest): boolean {
  if (context === undefined) return conditionAtoms?.has(atom(test)) === true;
  const [base = "", ifExists] = test.operator.split("IfExists");
  const found = context[test.key];
  if (base === "Null") return test.values.some((value) => (value === "true") === (found === undefined));
  const negated = base.includes("Not");
  if (found === undefined) return negated || ifExists !== undefined;
  const matches = test.values.some((value) =>
    /Like|Arn/.test(base) ? globs(value, found) : value === found,
  );
  return negated ? !matches : matches;
}
