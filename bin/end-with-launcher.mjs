/**
 * Loaded into a program that `launch.mjs` runs as a child. It ends the program when the launcher ends, also after a
 * SIGKILL, which the launcher cannot pass on. The launcher holds the other end of a pipe and never writes; the system
 * closes it.
 */
import { Socket } from "node:net";

/** A program that shuts down in order may need up to 10 s for writes in progress. */
const GRACE_MS = 20_000;

const descriptor = process.env.GRANTKEEPER_LAUNCHER_PIPE;
// The programs that this program starts have other launchers, or none.
delete process.env.GRANTKEEPER_LAUNCHER_PIPE;
if (descriptor !== undefined) {
  const pipe = new Socket({ fd: Number(descriptor), readable: true, writable: false });
  pipe.on("error", () => undefined);
  pipe.on("close", () => {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
    process.kill(process.pid, "SIGTERM");
  });
  pipe.resume();
  // The pipe must not keep a program running that has nothing else to do.
  pipe.unref();
}
