import { arnParts, functionInArn, isPolicyArn, roleInArn, unqualifiedArn } from "../../../model/aws/arn.ts";
import { namedResource } from "../../../iam/names/resource-name.ts";
import { parseRegion, type Namespace } from "../../../model/aws/ids.ts";
import type { CompiledStatement } from "../../../model/desired.ts";
import { liveFunction, livePolicy, liveRole, type LiveAccount, type Reading } from "../../../model/live.ts";
import type { GuardContext } from "../../context/context.ts";
import { type Breach, breachOf, listed } from "../breach.ts";
import { isShownTo } from "./shown-names.ts";

/**
 * RES-006: a function, role or policy of the account that a complete reading of AWS does not have, and that no manifest
 * declares. Of other services nothing is read, so that nothing is known to be missing.
 */
export function missingResources(
  statements: readonly CompiledStatement[],
  context: GuardContext,
  { namespace }: { readonly namespace: Namespace },
): readonly Breach[] {
  const { live, desired } = context;
  if (live === null) return [];
  return statements.flatMap((compiled) => {
    if (compiled.statement.Effect === "Deny") return [];
    return listed(compiled.statement.Resource).flatMap((resource) => {
      const missing = missingIn(resource, live);
      if (missing === null || context.roleChecks.declaredArns.of(desired).has(missing.arn)) return [];
      if (!isShownTo(namespace, namedResource(resource), desired)) return [];
      const why = `${missing.what} does not exist, and no manifest declares it`;
      return [breachOf("RES-006", compiled, { why, fix: "correct the name, or remove the resource" })];
    });
  });
}

interface MissingResource {
  /** Without a qualifier. */
  readonly arn: string;
  readonly what: string;
}

function missingIn(resource: string, live: LiveAccount): MissingResource | null {
  const { region, accountId, resource: name } = arnParts(resource);
  if (accountId !== live.accountId || /[*?$]/.test(`${region}${name}`)) return null;
  const inLambda = functionInArn(resource);
  if (inLambda !== null) {
    const at = parseRegion(region);
    if (at === undefined) return null;
    const arn = unqualifiedArn(resource);
    return ifAbsent(liveFunction(live, at, inLambda.name), {
      arn,
      what: `function ${inLambda.name} in ${region}`,
    });
  }
  if (isPolicyArn(resource))
    return ifAbsent(livePolicy(live, resource), { arn: resource, what: `policy ${resource}` });
  const role = roleInArn(resource)?.name;
  return role === undefined ? null : ifAbsent(liveRole(live, role), { arn: resource, what: `role ${role}` });
}

function ifAbsent(reading: Reading<unknown>, missing: MissingResource): MissingResource | null {
  return reading.kind === "absent" ? missing : null;
}
