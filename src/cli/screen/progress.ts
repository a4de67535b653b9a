import type { Toolbox } from "../toolbox/toolbox.ts";

/** Shows on a terminal that long work continues; `showText` changes the text. Elsewhere it shows nothing. */
export async function withProgress<T>(
  text: string,
  { terminal }: Toolbox,
  work: (showText: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (terminal.progress === null) return work(() => undefined);
  // Loaded only if it is shown: most commands, and every controller, show no progress.
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
