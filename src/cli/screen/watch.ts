import type { Toolbox } from "../toolbox/toolbox.ts";

const EVERY_MS = 2_000;
const CLEAR_SCREEN = "\u001b[H\u001b[2J\u001b[3J";

/**
 * Prints the text once, or again after each change until interrupted. On a terminal, each text replaces the one before.
 */
export async function printAndWatch(
  text: () => Promise<string>,
  watching: boolean,
  toolbox: Toolbox,
): Promise<void> {
  const { terminal } = toolbox;
  let shown = await text();
  if (!watching) return terminal.out(shown);
  await terminal.out(terminal.isTerminal ? `${CLEAR_SCREEN}${shown}` : shown);
  for (;;) {
    const next = await nextText(text, toolbox);
    if (next === null) return;
    if (next === shown) continue;
    shown = next;
    await terminal.out(terminal.isTerminal ? `${CLEAR_SCREEN}${shown}` : `\n${shown}`);
  }
}

/** null: interrupted, in the wait or in a request. That is how watching ends, and no failure. */
async function nextText(text: () => Promise<string>, { clock, signal }: Toolbox): Promise<string | null> {
  if (signal.aborted) return null;
  try {
    await clock.sleep(EVERY_MS, signal);
    return await text();
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}
