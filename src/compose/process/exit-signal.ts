import { getEventListeners } from "node:events";

const ending = new AbortController();
let isCaught = false;

/**
 * Aborts at SIGINT and SIGTERM. The signals are caught from the first call on: a command that never calls this ends at
 * them as any program does, also during a computation.
 */
export function exitSignal(): AbortSignal {
  if (isCaught) return ending.signal;
  isCaught = true;
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => {
      const hasListener = getEventListeners(ending.signal, "abort").length > 0;
      ending.abort();
      // If no part listens, there is nothing to close first. The signal is not caught again, so it ends the process.
      if (!hasListener) process.kill(process.pid, name);
    });
  return ending.signal;
}

/**
 * Ends the process normally when the reader of standard output is gone, and with an error when standard output cannot
 * be written.
 */
export function watchStandardOutput(): void {
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    // A reader such as `head -1` has read enough. The rest of the output is dropped, and the exit code does not change.
    if (cause.code === "EPIPE") return ending.abort();
    process.stderr.write(`error: cannot write to standard output (${cause.code ?? cause.message})\n`);
    process.exit(1);
  });
}
