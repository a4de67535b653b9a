import { NOTHING_REPORTED, type ReportedDenial } from "../../../../src/model/denials/reported-denial.ts";
import type { CallDenial } from "../../../../src/model/denials/call-denial.ts";
import { BINDING } from "../../../support/pass/passes.ts";

export const AT_MS = Date.parse("2026-11-28T10:00:00Z");

export function reported(change: Partial<ReportedDenial> = {}): ReportedDenial {
  return {
    ...NOTHING_REPORTED,
    action: "dynamodb:GetItem",
    operation: "GetItem",
    resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/refunds",
    region: "eu-west-1",
    deniedBy: "identity policy",
    how: "implicit",
    ...change,
  };
}

/** A denied call of the function of `BINDING`. */
export function call(change: Partial<CallDenial> = {}): CallDenial {
  return {
    id: "e-1",
    accountId: BINDING.accountId,
    region: BINDING.region,
    atMs: AT_MS,
    call: "dynamodb:GetItem",
    code: "AccessDenied",
    roleArn: BINDING.role.arn,
    sessionName: BINDING.functionName,
    issuedTo: null,
    reported: reported(),
    ...change,
  };
}
