import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, watch } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { Places } from "./places.ts";

const places = new Places();
const CLUSTER = new URL("../support/postgres/cluster.ts", import.meta.url).href;

/** A process, in a group of its own, with a server in `folder`; it has printed that it is at that step. */
async function processWithServer(folder: string, step: "initdb" | "server") {
  const start = step === "initdb" ? "void Cluster.start();" : "await Cluster.start();";
  const program = `const { Cluster } = await import("${CLUSTER}"); ${start} console.log("${step}"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  await once(child.stdout, "data");
  if (child.pid === undefined) throw new Error("the process did not start");
  return child.pid;
}

(HAS_POSTGRES ? describe : describe.skip)("the server of the tests", () => {
  test.each([
    { step: "initdb", signal: "SIGKILL" },
    { step: "server", signal: "SIGKILL" },
    { step: "server", signal: "SIGTERM" },
  ] as const)("ends and removes its folder after $signal to the group at $step", async ({ step, signal }) => {
    const folder = await places.folder();
    // The server runs as another user, who removes its folder.
    chmodSync(folder, 0o1777);
    const pid = await processWithServer(folder, step);
    expect(readdirSync(folder)).toHaveLength(1);

    const removed = new Promise<void>((resolve) => {
      const watcher = watch(folder, () => {
        if (readdirSync(folder).length > 0) return;
        watcher.close();
        resolve();
      });
    });
    process.kill(-pid, signal);

    // The shell removes the folder after the server has ended.
    await removed;
    expect(readdirSync(folder)).toEqual([]);
  });
});
