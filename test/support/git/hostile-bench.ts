import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "./git-source.ts";
import type { HostileServer } from "./hostile-git-servers.ts";
import type { SourceError } from "../../../src/controller/ports/source.ts";
import type { ThrowingSource } from "./throwing-source.ts";

/** The hostile servers of one test; `end` closes them all. */
export class HostileServers {
  readonly #servers: HostileServer[] = [];

  async started<T extends HostileServer>(server: Promise<T>): Promise<T> {
    const ready = await server;
    this.#servers.push(ready);
    return ready;
  }

  async end(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

/** The error of a read that has to fail. */
export async function failure({ port }: ThrowingSource): Promise<SourceError> {
  const latest = await port.latest(new AbortController().signal);
  if (latest.kind === "err") return latest.error;
  throw new Error("a snapshot came from a hostile server");
}

/** The path of a file with this token. */
export async function tokenFile({ root }: Bench, text: string): Promise<string> {
  const path = join(root, "token");
  await writeFile(path, text);
  return path;
}

/** Everything in the mirrors, as one text. */
export async function mirrored({ mirrorDir }: Bench): Promise<string> {
  const entries = await readdir(mirrorDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")),
  );
  return texts.join("\n");
}

/** The pack files and loose objects in the mirrors. */
export async function packFiles({ mirrorDir }: Bench): Promise<readonly string[]> {
  const names = await readdir(mirrorDir, { recursive: true });
  return names.filter((name) => /objects\/(pack|..)\/./.test(name));
}
