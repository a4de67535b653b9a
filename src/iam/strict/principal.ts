import type { Dialect } from "../../model/policy-document.ts";
import { nearestName } from "../nearest.ts";
import { isObject } from "../text.ts";
import { fault, textFaults, type StatementFault } from "./fault.ts";

/** `"*"` or an object of types and their values. */
export function principalFaults(
  path: string,
  principal: unknown,
  dialect: Dialect,
): readonly StatementFault[] {
  if (principal === "*") {
    if (dialect === "resource") return [];
    return [
      fault(path, 'IAM refuses the bare "*" in a trust policy', 'write {"AWS": "*"} if everybody is meant'),
    ];
  }
  if (!isObject(principal))
    return [fault(path, `${path} is not an object`, 'write {"Service": "lambda.amazonaws.com"}')];
  return Object.entries(principal).flatMap(([type, values]) => {
    const place = `${path}.${type}`;
    const check = CHECKS.get(type);
    if (check !== undefined) return textFaults(place, values, check);
    const meant = nearestName(type, [...CHECKS.keys()]);
    return [fault(place, `"${type}" is not a type of principal`, `write "${meant ?? "AWS"}"`)];
  });
}

type Check = (path: string, value: string) => readonly StatementFault[];

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    "AWS",
    (path, value) =>
      /^(\*|\d{12}|A(ROA|IDA)[A-Z0-9]+|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+)$/.test(value)
        ? []
        : [
            fault(
              path,
              `"${value}" is no account, ARN of IAM or STS, or "*"`,
              "write the ARN of a role or account",
            ),
          ],
  ],
  [
    "Service",
    (path, value) =>
      /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(value)
        ? []
        : [fault(path, `"${value}" is not a service`, "write it as lambda.amazonaws.com")],
  ],
  ["Federated", () => []],
  ["CanonicalUser", () => []],
]);
