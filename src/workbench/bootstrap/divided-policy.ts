import { DEFAULT_QUOTAS } from "../../model/live.ts";
import type { Statement } from "../../model/aws/policy-document.ts";

/** Characters of a customer managed policy, without white space; AWS has the same limit in every partition. */
export const MANAGED_POLICY_LIMIT = DEFAULT_QUOTAS.policySize;

const FRAME = policyLength([]);

/**
 * The statements in as few policies as their order allows, each below the limit of a customer managed policy: together
 * they allow and deny the same as one policy. A statement that is too long for a policy of its own is divided by its list of
 * resources; one that cannot be divided is alone in a policy that is too long.
 */
export function dividedPolicy(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const policies: Statement[][] = [];
  let length = Infinity;
  for (const statement of statements.flatMap(dividedStatement)) {
    const more = JSON.stringify(statement).length + 1;
    if (length + more > MANAGED_POLICY_LIMIT) {
      policies.push([]);
      length = FRAME;
    }
    policies.at(-1)?.push(statement);
    length += more;
  }
  return policies;
}

export function policyLength(statements: readonly Statement[]): number {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }).length;
}

/** For an Allow and for a Deny alike, a list of resources means any of them. */
function dividedStatement(statement: Statement): readonly Statement[] {
  const { Sid, Resource } = statement;
  if (policyLength([statement]) <= MANAGED_POLICY_LIMIT) return [statement];
  if (Resource === undefined || typeof Resource === "string") return [statement];
  const parts = halves({ ...statement, Resource });
  return parts.map((part, at) => ({ ...part, ...(Sid !== undefined && { Sid: `${Sid}${at + 1}` }) }));
}

interface LongStatement extends Statement {
  readonly Resource: readonly string[];
}

function halves(statement: LongStatement): readonly LongStatement[] {
  const { Resource } = statement;
  if (policyLength([statement]) <= MANAGED_POLICY_LIMIT || Resource.length < 2) return [statement];
  const middle = Math.ceil(Resource.length / 2);
  return [Resource.slice(0, middle), Resource.slice(middle)].flatMap((part) =>
    halves({ ...statement, Resource: part }),
  );
}
