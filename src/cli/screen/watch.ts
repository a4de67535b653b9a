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
  while (await hasWaited(toolbox)) {
    const next = await text();
    if (next === shown) continue;
    shown = next;
    await terminal.out(terminal.isTerminal ? `${CLEAR_SCREEN}${shown}` : `\n${shown}`);
  }
}

/** False when interrupted: that is how watching ends. */
async function hasWaited({ clock, signal }: Toolbox): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await clock.sleep(EVERY_MS, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
