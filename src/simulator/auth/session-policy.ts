import { SimulatedError } from "../contract.ts";
import { isLike } from "../glob.ts";
import { checkDocument } from "../grammar/document.ts";
import type { RequestedPermission } from "./requested.ts";

type OneOrMany = string | readonly string[];

interface SessionStatement {
  readonly Effect: string;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

/** @throws SimulatedError for a document that IAM refuses, and `NotSimulated` for one with a variable or another condition than a time after which it counts */
export function checkSessionPolicy(policy: string): void {
  checkDocument(policy, "identity");
  const isSimulated = statementsOf(policy).every(
    (statement) => isSimulatedCondition(statement) && !JSON.stringify(statement).includes("${"),
  );
  if (!isSimulated)
    throw new SimulatedError(
      "NotSimulated",
      "variables, and conditions other than a time, are not simulated in a session policy",
      501,
    );
}

export interface WithheldPermission extends RequestedPermission {
  readonly isExplicit: boolean;
}

/**
 * The first permission that the policy withholds; undefined if the call may be made.
 * @param by.effect `allows`: the policy also withholds what it does not allow; `denies`: only its `Deny` statements count
 */
export function withheld(
  policy: string,
  needed: readonly RequestedPermission[],
  { effect, nowMs }: { readonly effect: "allows" | "denies"; readonly nowMs: number },
): WithheldPermission | undefined {
  const statements = statementsOf(policy).filter((statement) => isInForce(statement, nowMs));
  for (const one of needed) {
    const matching = statements.filter((statement) => matches(statement, one));
    if (matching.some(({ Effect }) => Effect === "Deny")) return { ...one, isExplicit: true };
    if (effect === "allows" && !matching.some(({ Effect }) => Effect === "Allow"))
      return { ...one, isExplicit: false };
  }
  return undefined;
}

const OPERATOR = "DateGreaterThan";
/** Its case does not matter. */
const KEY = "aws:currenttime";

function isSimulatedCondition({ Condition }: SessionStatement): boolean {
  if (Condition === undefined) return true;
  return Object.entries(Condition).every(
    ([operator, keys]) =>
      operator === OPERATOR &&
      Object.entries(keys).every(
        ([key, times]) => key.toLowerCase() === KEY && listed(times).every((time) => dateOf(time) !== null),
      ),
  );
}

/** Of several times, one that has passed is enough. */
function isInForce({ Condition }: SessionStatement, nowMs: number): boolean {
  return Object.values(Condition?.[OPERATOR] ?? {}).every((times) =>
    listed(times).some((time) => nowMs > (dateOf(time) ?? Infinity)),
  );
}

/** Only whole seconds of UTC are simulated. */
function dateOf(text: string): number | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : null;
}

function statementsOf(policy: string): readonly SessionStatement[] {
  const { Statement } = JSON.parse(policy) as {
    readonly Statement: SessionStatement | readonly SessionStatement[];
  };
  return [Statement].flat() as readonly SessionStatement[];
}

/** The case of an action does not matter, that of a resource does. */
function matches(statement: SessionStatement, { action, resource }: RequestedPermission): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const actionNamed = listed(Action ?? NotAction).some((pattern) =>
    isLike(action.toLowerCase(), pattern.toLowerCase()),
  );
  if (actionNamed !== (Action !== undefined)) return false;
  const resourceNamed = listed(Resource ?? NotResource).some((pattern) => isLike(resource, pattern));
  return resourceNamed === (Resource !== undefined);
}

function listed(value: OneOrMany | undefined): readonly string[] {
  return [value ?? []].flat();
}
