import type { CallSite } from "../../../src/aws/calls/calls.ts";
import { classify } from "../../../src/aws/errors/classify.ts";

export const write: CallSite = {
  call: "iam:PutRolePolicy",
  identity: "writer",
  accountId: "111122223333",
  region: null,
  object: "role/x",
};

export const add: CallSite = {
  ...write,
  call: "lambda:AddPermission",
  region: "eu-west-1",
  object: "function/f",
};

export const read: CallSite = { ...write, call: "iam:GetRole", identity: "observer" };

/** An error as the SDK throws it for an answer of AWS. */
export function answer(name: string, status: number, message = "no"): Error {
  const $metadata = { httpStatusCode: status, requestId: "r-1" };
  return Object.assign(new Error(message), { name, $fault: status < 500 ? "client" : "server", $metadata });
}

export const kindOf = (cause: unknown, site = write) => classify(cause, site).facts.disposition;
