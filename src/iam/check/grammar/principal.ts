import type { ValuePath } from "../../../text/located/value-path.ts";
import type { Dialect } from "../../../model/aws/policy-document.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { isObject } from "../../../text/json-values.ts";
import { fault, textFaults, type PolicyFault } from "./fault.ts";

/**
 * `"*"` or an object of types and their values.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html "principal_id_string": no pattern
 * @see https://github.com/aws/aws-cdk/issues/5732 for the refusal of the bare `"*"` in a trust policy
 */
export function principalFaults(name: string, principal: unknown, dialect: Dialect): readonly PolicyFault[] {
  const steps = [name];
  if (principal === "*") {
    if (dialect === "resource") return [];
    const message = 'IAM refuses the bare "*" in a trust policy';
    const trustRefusal = 'AssumeRolepolicy contained an invalid principal: "STAR":"*".';
    return [fault({ steps, message, fix: 'write {"AWS": "*"} if anyone is meant', trustRefusal })];
  }
  if (!isObject(principal)) {
    const message = `${name} is not an object`;
    return [fault({ steps, message, fix: 'write {"Service": "lambda.amazonaws.com"}' })];
  }
  if (Object.keys(principal).length === 0)
    return [fault({ steps, message: `${name} is empty`, fix: "name at least one principal" })];
  return Object.entries(principal).flatMap(([type, values]) => typeFaults([name, type], type, values));
}

function typeFaults(steps: ValuePath, type: string, values: unknown): readonly PolicyFault[] {
  const form = FORMS.get(type);
  if (form === undefined) {
    const fix = `write "${nearestName(type, [...FORMS.keys()]) ?? "AWS"}"`;
    return [fault({ steps, at: "name", message: `"${type}" is not a type of principal`, fix })];
  }
  const check = (place: ValuePath, value: string): readonly PolicyFault[] => {
    if (form === null || form.pattern.test(value)) return [];
    const trustRefusal = `Invalid principal in policy: "${type.toUpperCase()}":"${value}"`;
    return [fault({ steps: place, message: `"${value}" ${form.fault}`, fix: form.fix, trustRefusal })];
  };
  return textFaults(steps, values, { check, whenEmpty: null });
}

interface Form {
  readonly pattern: RegExp;
  readonly fault: string;
  readonly fix: string;
}

/** null: any text. */
const FORMS: ReadonlyMap<string, Form | null> = new Map<string, Form | null>([
  [
    "AWS",
    {
      pattern: /^(\*|\d{12}|A(ROA|IDA)[A-Z0-9]+|arn:aws[a-z-]*:(iam|sts)::\d{12}:[^*?]+)$/,
      fault: 'is no account, whole ARN of IAM or STS, or "*"',
      fix: "write the ARN of a role or account, without wildcards",
    },
  ],
  [
    "Service",
    {
      // Alexa's end in amazon.com alone.
      pattern: /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)$/,
      fault: "is not a service",
      fix: "write it as lambda.amazonaws.com",
    },
  ],
  ["Federated", null],
  ["CanonicalUser", null],
]);
