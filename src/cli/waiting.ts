import type { ApiClient } from "./client.ts";
import { CliError } from "./cli-error.ts";
import { withProgress } from "./progress.ts";
import { counted } from "./render/words.ts";
import type { Toolbox } from "./toolbox.ts";

const EVERY_MS = 500;

/** Asks again and again; `look` says what is still missing, null when nothing is. @throws CliError when the time is over */
export async function waitUntil(
  {
    text,
    timeoutMs,
    look,
  }: { readonly text: string; readonly timeoutMs: number; readonly look: () => Promise<string | null> },
  toolbox: Toolbox,
): Promise<void> {
  const { clock, signal } = toolbox;
  const endMs = clock.nowMs() + timeoutMs;
  await withProgress(text, toolbox, async (say) => {
    for (let missing = await look(); missing !== null; missing = await look()) {
      say(`${text}: ${missing}`);
      if (clock.nowMs() >= endMs)
        throw new CliError(
          `${text}: the time is over, ${missing}`,
          "grantkeeper status says why; --timeout gives more time",
          3,
          undefined,
          { code: "TimedOut" },
        );
      await clock.sleep(EVERY_MS, signal);
    }
  });
}

export interface ReconciliationWait {
  readonly client: ApiClient;
  readonly token: string;
  readonly what: string;
  readonly timeoutMs: number;
}

export async function waitForReconciliation(
  { client, token, what, timeoutMs }: ReconciliationWait,
  toolbox: Toolbox,
): Promise<void> {
  const look = async (): Promise<string | null> => {
    const { status } = await client.get("reconciliations", token);
    return status.done ? null : `${counted(status.waitingFor.length, "binding")} to go`;
  };
  await waitUntil({ text: `reconciling ${what}`, timeoutMs, look }, toolbox);
}
