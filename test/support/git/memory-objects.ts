import { createHash } from "node:crypto";
import type { ObjectDatabase } from "../../../src/source/objects/object-database.ts";

export interface MemoryEntry {
  /** As in a tree object: `100644`, `40000`. */
  readonly mode: string;
  readonly oid: string;
}

interface MemoryObject {
  readonly type: string;
  readonly bytes: Buffer;
}

/** An object database in memory, which answers as `git cat-file` does and lists what it was asked for. */
export class MemoryObjects implements ObjectDatabase {
  readonly source = "main";
  readonly asked: string[] = [];
  readonly #objects = new Map<string, MemoryObject>();

  add(type: string, content: string | Buffer): string {
    const bytes = Buffer.from(content);
    const oid = createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
    this.#objects.set(oid, { type, bytes });
    return oid;
  }

  /** The tree of these paths. */
  tree(entries: ReadonlyMap<string, MemoryEntry>): string {
    const byTop = Map.groupBy(entries, ([path]) => path.split("/")[0] ?? "");
    const members = [...byTop].map(([name, inside]): readonly [string, MemoryEntry] => {
      const [first] = inside;
      if (first?.[0] === name) return [name, first[1]];
      const below = new Map(inside.map(([path, entry]) => [path.slice(name.length + 1), entry]));
      return [`${name}/`, { mode: "40000", oid: this.tree(below) }];
    });
    const sorted = members.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const lines = sorted.flatMap(([name, { mode, oid }]) => [
      Buffer.from(`${mode} ${name.replace(/\/$/, "")}\0`),
      Buffer.from(oid, "hex"),
    ]);
    return this.add("tree", Buffer.concat(lines));
  }

  ask: ObjectDatabase["ask"] = async (mode, names, answer) => {
    for (const oid of names) {
      this.asked.push(oid);
      const found = this.#objects.get(oid);
      if (found === undefined) answer.take(Buffer.from(`${oid} missing\n`));
      else answer.take(Buffer.from(`${oid} ${found.type} ${found.bytes.length}\n`));
      if (found !== undefined && mode === "--batch")
        answer.take(Buffer.concat([found.bytes, Buffer.from("\n")]));
    }
  };
}
