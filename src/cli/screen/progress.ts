import type { Toolbox } from "../toolbox/toolbox.ts";

/** Shows on a terminal that long work goes on; elsewhere nothing. `say` tells how far it is. */
export async function withProgress<T>(
  text: string,
  { terminal }: Toolbox,
  work: (say: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (terminal.progress === null) return work(() => undefined);
  // Most commands, and every controller, show none: it is loaded where it is seen.
  const { default: ora } = await import("ora");
  const spinner = ora({ text, stream: terminal.progress, discardStdin: false }).start();
  try {
    return await work((now) => {
      spinner.text = now;
    });
  } finally {
    spinner.stop();
  }
}
