import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import type { ThrowingSource } from "./throwing-source.ts";
import { commitTree, git, writeBlob, type TestRepository } from "./git-repository.ts";
import { Bench, LIMITS } from "./git-source.ts";

/** A signal that never aborts. */
export const { signal } = new AbortController();

export const paths = ({ files }: Snapshot): readonly string[] => files.map(({ path }) => path);

/** A repository with objects that Git itself does not create, and a source that reads it. */
export class HostileRepository {
  readonly bench: Bench;
  readonly repository: TestRepository;

  private constructor(bench: Bench, repository: TestRepository) {
    this.bench = bench;
    this.repository = repository;
  }

  static async open(): Promise<HostileRepository> {
    const bench = await Bench.open();
    return new HostileRepository(bench, await bench.repository());
  }

  async served(limits: Partial<typeof LIMITS> = {}): Promise<ThrowingSource> {
    return this.bench.source({ url: await this.bench.serve(), limits: { ...LIMITS, ...limits } });
  }

  async makeTree(entries: string): Promise<string> {
    return (await git(this.repository.bare, ["mktree", "-z", "--missing"], { input: entries })).trim();
  }

  /** A tree object with exactly these entries, in this order, even if Git calls them invalid. */
  async rawTree(entries: readonly (readonly [mode: string, name: string, oid: string])[]): Promise<string> {
    const bytes = entries.flatMap(([mode, name, oid]) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(oid, "hex"),
    ]);
    return this.writeRaw("tree", Buffer.concat(bytes));
  }

  async writeRaw(type: string, bytes: Uint8Array): Promise<string> {
    const file = join(this.bench.root, "object");
    await writeFile(file, bytes);
    return (await this.repository.git("hash-object", "-t", type, "-w", "--literally", file)).trim();
  }

  /** A commit on main whose folder `teams` is this tree, next to a valid platform folder. */
  async commitTeams(teams: string): Promise<string> {
    const blob = await writeBlob(this.repository.bare, "good");
    const platform = await this.makeTree(`100644 blob ${blob}\tp.yaml\0`);
    const root = await this.rawTree([
      ["40000", "platform", platform],
      ["40000", "teams", teams],
    ]);
    return commitTree(this.repository.bare, root);
  }

  /** Ten folders in each folder, level by level, above an entry. */
  async nested(entry: string, levels: number): Promise<string> {
    let inner = entry;
    for (let level = 0; level < levels; level += 1) {
      const names = Array.from({ length: 10 }, (_, index) => `${inner}\t${index}\0`);
      inner = `040000 tree ${await this.makeTree(names.join(""))}`;
    }
    return inner;
  }

  manyFiles(count: number, blob: string): Promise<string> {
    return this.makeTree(
      Array.from({ length: count }, (_, at) => `100644 blob ${blob}\t${at}.yaml\0`).join(""),
    );
  }
}
