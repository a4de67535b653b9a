import { SimulatedError } from "../contract.ts";
import { isLike } from "../glob.ts";

/** A request that is evaluated against the trust policy of a role. */
export interface TrustRequest {
  readonly action: "sts:AssumeRole" | "sts:TagSession";
  /** All names of the caller in a trust policy: its ARN, the ARN of its role, its account. */
  readonly principals: ReadonlySet<string>;
  /** By lower-case condition key; a key without a value is absent. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

type OneOrMany = string | boolean | number | readonly (string | boolean | number)[];

interface TrustStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

/** @param trust the document, with principals as ARNs */
export function isTrustedBySimulator(trust: string, request: TrustRequest): boolean {
  const { Statement: one } = JSON.parse(trust) as {
    readonly Statement: TrustStatement | readonly TrustStatement[];
  };
  const matching = ([one].flat() as readonly TrustStatement[]).filter((statement) =>
    matches(statement, request),
  );
  return (
    matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny")
  );
}

function matches(statement: TrustStatement, request: TrustRequest): boolean {
  return (
    namesAction(statement, request.action) && namesCaller(statement, request) && holds(statement, request)
  );
}

function namesAction({ Action, NotAction }: TrustStatement, action: string): boolean {
  const listed = [Action ?? NotAction ?? []]
    .flat()
    .some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase()));
  return Action === undefined ? !listed : listed;
}

function namesCaller({ Principal }: TrustStatement, { principals }: TrustRequest): boolean {
  if (typeof Principal !== "object") return Principal === "*";
  return [Principal["AWS"] ?? []].flat().some((each) => each === "*" || principals.has(each));
}

function holds({ Condition }: TrustStatement, { context }: TrustRequest): boolean {
  return Object.entries(Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holdsFor(operator, context[key.toLowerCase()], [wanted].flat().map(String)),
    ),
  );
}

const TESTS: Readonly<Record<string, (value: string, pattern: string) => boolean>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringEqualsIgnoreCase: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
  StringLike: isLike,
  ArnEquals: isLike,
  ArnLike: isLike,
  Bool: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function holdsFor(
  operator: string,
  given: readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  const [, set, negated, ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(?:[A-Z][a-z]+)(Not)?\w*?(IfExists)?$/.exec(operator) ?? [];
  const positive = operator
    .replace(/^For(All|Any)Values?:/, "")
    .replace("Not", "")
    .replace(/IfExists$/, "");
  if (positive === "Null") return wanted.every((each) => (each === "true") === (given === undefined));
  const test = TESTS[positive];
  if (test === undefined)
    throw new SimulatedError("NotSimulated", `condition operator ${operator} is not simulated`, 501);
  if (given === undefined) return set === "ForAllValues:" || ifExists !== undefined || negated !== undefined;
  const fits = (value: string): boolean =>
    wanted.some((pattern) => test(value, pattern)) !== (negated !== undefined);
  return set === "ForAllValues:" ? given.every(fits) : given.some(fits);
}
