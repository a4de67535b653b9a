import { worstCase } from "../../../../src/explain/worst-case/worst-case.ts";
import { policyIn, policyText } from "../../../support/policies/own-policies.ts";

export const ACCOUNT = "111122223333";

/** The boundary that Grantkeeper attaches by default. */
export const DEFAULT = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper-boundary/platform-default`;
const SUBJECT = { partition: "aws", accountId: ACCOUNT, instance: "prod", boundary: DEFAULT };
export const TAG = "aws:ResourceTag/grantkeeper.dev/instance";

/** The roles of Grantkeeper's functions. */
export const OURS = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/*`;

export interface WorstCaseRow {
  readonly because: string;
  readonly of: string;
  readonly statements: readonly object[];
  readonly boundary?: readonly object[];
  readonly verdict: string;
}

/** What is found for the capability that a row asks about. */
export function answerTo(
  { of, statements, boundary }: Omit<WorstCaseRow, "because" | "verdict">,
  unread: string | null = null,
) {
  const policies = {
    identity: [policyIn(ACCOUNT, "identity", policyText(statements))],
    limits: boundary === undefined ? [] : [policyIn(ACCOUNT, "boundary", policyText(boundary))],
    unread,
  };
  const found = worstCase(policies, SUBJECT).find(({ capability }) => capability === of);
  if (found === undefined) throw new Error(`no capability ${of}`);
  return found;
}

export function allow(action: string | readonly string[], more: object = {}): object {
  return { Sid: "Some", Effect: "Allow", Action: action, Resource: "*", ...more };
}
