import type { Terminal } from "../../cli/toolbox/toolbox.ts";

export function processTerminal(): Terminal {
  const write =
    (stream: NodeJS.WriteStream) =>
    (text: string): Promise<void> =>
      new Promise((done) => {
        stream.write(text, () => done());
      });
  return {
    out: write(process.stdout),
    err: write(process.stderr),
    stdin: process.stdin,
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : null,
    progress: process.stderr.isTTY ? process.stderr : null,
  };
}
