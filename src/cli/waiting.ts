import { CliError } from "./cli-error.ts";
import { withProgress } from "./progress.ts";
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
