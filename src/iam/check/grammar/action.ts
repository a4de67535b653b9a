import type { ValuePath } from "../../../text/located/value-path.ts";
import type { Dialect } from "../../../model/aws/policy-document.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { fault, type PolicyFault } from "./fault.ts";

const AS_WRITTEN = 'write it as "service:Action"';

export function actionFaults(steps: ValuePath, action: string, dialect: Dialect): readonly PolicyFault[] {
  if (action === "*") return [];
  const [service = "", ...rest] = action.split(":");
  if (rest.length === 0) {
    const message = `action "${action}" has no service prefix`;
    const identityRefusal = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    return [fault({ steps, message, fix: AS_WRITTEN, identityRefusal })];
  }
  if (rest.length > 1) {
    const message = `action "${action}" has more than one colon`;
    const identityRefusal = "Actions/Condition can contain only one colon.";
    return [fault({ steps, message, fix: AS_WRITTEN, identityRefusal })];
  }
  if (/^[A-Za-z0-9.*?_-]+$/.test(service)) return dialect === "trust" ? trustFaults(steps, action) : [];
  const message = `"${service}" is not a service prefix`;
  const fix = "use the prefix of AWS's action list, such as s3";
  return [fault({ steps, message, fix, identityRefusal: `Vendor ${service} is not valid` })];
}

/** What a role can be asked for. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
const ROLE_ACTIONS: readonly string[] = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:SetContext",
  "sts:SetSourceIdentity",
  "sts:TagSession",
];
const KNOWN: ReadonlySet<string> = new Set(ROLE_ACTIONS.map((action) => action.toLowerCase()));

function trustFaults(steps: ValuePath, action: string): readonly PolicyFault[] {
  if (/[*?]/.test(action) || KNOWN.has(action.toLowerCase())) return [];
  const fix = `write "${nearestName(action, ROLE_ACTIONS) ?? "sts:AssumeRole"}"`;
  return [fault({ steps, message: `a role can't be asked for "${action}"`, fix })];
}
