/**
 * Loaded into a program that `launch.mjs` runs as a child: ends it when the launcher is gone, also by SIGKILL, which the
 * launcher cannot pass on. The launcher holds the other end of a pipe and never writes; the system closes it.
 */
import { Socket } from "node:net";

/** A program that ends in order may need its grace of 10 s for writes under way. */
const GRACE_MS = 20_000;

const descriptor = process.env.GRANTKEEPER_LAUNCHER_PIPE;
// The programs that this one starts have other launchers, or none.
delete process.env.GRANTKEEPER_LAUNCHER_PIPE;
if (descriptor !== undefined) {
  const pipe = new Socket({ fd: Number(descriptor), readable: true, writable: false });
  pipe.on("error", () => undefined);
  pipe.on("close", () => {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
    process.kill(process.pid, "SIGTERM");
  });
  pipe.resume();
  // It must not keep a program running that has nothing else to do.
  pipe.unref();
}
