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
  readonly Condition?: unknown;
}

/** @throws SimulatedError for a document that IAM refuses, and `NotSimulated` for one with a condition or a variable */
export function checkSessionPolicy(policy: string): void {
  checkDocument(policy, "identity");
  const isSimulated = statementsOf(policy).every(
    (statement) => statement.Condition === undefined && !JSON.stringify(statement).includes("${"),
  );
  if (!isSimulated)
    throw new SimulatedError(
      "NotSimulated",
      "conditions and variables in a session policy are not simulated",
      501,
    );
}

export interface WithheldPermission extends RequestedPermission {
  readonly isExplicit: boolean;
}

/**
 * The first permission that the policy withholds; undefined if the call may be made.
 * @param effect `allows`: the policy also withholds what it does not allow; `denies`: only its `Deny` statements count
 */
export function withheld(
  policy: string,
  needed: readonly RequestedPermission[],
  effect: "allows" | "denies",
): WithheldPermission | undefined {
  const statements = statementsOf(policy);
  for (const one of needed) {
    const matching = statements.filter((statement) => matches(statement, one));
    if (matching.some(({ Effect }) => Effect === "Deny")) return { ...one, isExplicit: true };
    if (effect === "allows" && !matching.some(({ Effect }) => Effect === "Allow"))
      return { ...one, isExplicit: false };
  }
  return undefined;
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
