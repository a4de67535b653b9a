import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { CallSite } from "../calls/calls.ts";
import { classify, incompleteAnswer } from "../errors/classify.ts";
import type { Clients } from "../requests/clients.ts";
import { UNLIMITED } from "../requests/rate-limits.ts";
import { sendCommand } from "../requests/send.ts";

export interface BaseIdentity {
  readonly arn: string;
  /** Where its credentials come from, for people. */
  readonly place: string;
}

/**
 * Who the process is. AWS answers this call for every identity, without a permission.
 * @throws AwsError
 */
export async function baseIdentity(
  clients: Clients,
  account: DesiredAccount,
  signal: AbortSignal,
): Promise<BaseIdentity> {
  const { partition, id: accountId } = account;
  const call = "sts:GetCallerIdentity";
  const site: CallSite = { call, identity: "base", accountId, region: null, object: null };
  try {
    const place = await clients.basePlace(partition);
    const client = clients.sts(partition);
    const options = { client, rateLimit: UNLIMITED, write: null, attemptMs: clients.attemptMs };
    const { Arn: arn } = await sendCommand(new GetCallerIdentityCommand({}), options, signal);
    if (arn === undefined) throw incompleteAnswer(call, "the ARN of the caller");
    return { arn, place };
  } catch (cause) {
    signal.throwIfAborted();
    clients.forgetBase(partition);
    throw classify(cause, site);
  }
}
