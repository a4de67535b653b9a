import { documentContext } from "../../diff/documents/document-context.ts";
import { danglingStatement, danglingText, type DanglingStatement } from "../../diff/callers/dangling.ts";
import { readStatements } from "../../diff/callers/statements.ts";
import type { Action } from "../../model/plan.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { keyParts } from "../../model/keys/key.ts";
import { liveFunction, liveRole, type LiveAccount } from "../../model/live.ts";
import type { WriteOutcome } from "../../settle/outcome/outcome.ts";

/** Where the cause of a failed write is looked up. */
interface ReadAccount {
  readonly account: DesiredAccount;
  readonly live: LiveAccount;
}

/**
 * AWS refuses a new statement if any statement of the policy names a deleted principal, and does not name that one.
 * This adds the dangling principals in the live policy to the message, with the command that removes them.
 */
export function explainedPass(outcome: WriteOutcome, seen: ReadAccount): WriteOutcome {
  if (outcome.kind !== "failed" || outcome.error.facts.about !== "principal") return outcome;
  const causes = causesOf(outcome.action, seen);
  if (causes.length === 0) return outcome;
  const { facts } = outcome.error;
  const message = [facts.message, ...causes].join(" ");
  return { ...outcome, error: new AwsError({ ...facts, message }, outcome.error) };
}

function causesOf(action: Action, seen: ReadAccount): readonly string[] {
  const parts = keyParts(action.key);
  if (action.call !== "lambda:AddPermission" || parts.kind !== "function") return [];
  const { FunctionName: name, Qualifier: qualifier, Principal: principal } = action.input;
  const found = liveFunction(seen.live, parts.region, text(name));
  const policy = found.kind === "present" ? found.value.policies.get(text(qualifier)) : undefined;
  const reading = readStatements(
    policy,
    documentContext({ ...parts, partition: seen.account.partition }, "resource"),
  );
  const members = reading.kind === "read" ? reading.members : [];
  const dangling = members.flatMap((member) => danglingStatement(member) ?? []);
  return [
    ...missingRole(text(principal), seen),
    ...dangling.map((one) => `In its policy ${danglingText(one)}; ${removal(one, action, parts.region)}`),
  ];
}

/** A missing role of this account that the caller names. */
function missingRole(principal: string, { account, live }: ReadAccount): readonly string[] {
  const prefix = `arn:${account.partition}:iam::${account.id}:role/`;
  if (!principal.startsWith(prefix)) return [];
  const role = liveRole(live, nameInArn(principal));
  const isThere = role.kind === "unknown" || (role.kind === "present" && role.value.arn === principal);
  return isThere ? [] : [`The caller ${principal} does not exist.`];
}

function removal({ sid }: DanglingStatement, { input }: Action, region: string): string {
  const qualifier = text(input["Qualifier"]);
  const at = `--region ${region} --function-name ${text(input["FunctionName"])}${qualifier === "" ? "" : ` --qualifier ${qualifier}`}`;
  if (sid === null) return `write the policy without it: aws lambda get-policy ${at}`;
  return `remove it: aws lambda remove-permission ${at} --statement-id ${sid}`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
