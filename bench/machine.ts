import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** What was measured, and on what. The load of now is that of others: above the number of cores, it disturbs times by the clock. */
export function machine(): object {
  const { name, version, dependencies } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  ) as {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const processors = cpus();
  const [loadBefore = 0] = loadavg();
  return {
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    loadBefore: Math.round(loadBefore * 10) / 10,
    memoryMib: Math.round(totalmem() / 1_048_576),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    [name]: version,
    dependencies,
  };
}
