import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Partition } from "../../model/aws/ids.ts";
import type { Clients } from "./clients.ts";
import { UNLIMITED } from "./rate-limits.ts";
import { sendCommand } from "./send.ts";

/** A call without effect, for the date of its answer: a refusal has one too. @throws the signal's reason if it was aborted */
export async function askAws(clients: Clients, partition: Partition, signal: AbortSignal): Promise<void> {
  const { attemptMs } = clients;
  const options = { client: clients.sts(partition), rateLimit: UNLIMITED, write: null, attemptMs };
  try {
    await sendCommand(new GetCallerIdentityCommand({}), options, signal);
  } catch {
    signal.throwIfAborted();
  }
}
