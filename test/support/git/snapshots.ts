import type { Revision } from "../../../src/model/values/revision.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";

export function texts({ files }: Snapshot): Record<string, string> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

export function revision(text: string): Revision {
  const parsed = parseRevision(text);
  if (parsed === undefined) throw new Error(`"${text}" is no revision`);
  return parsed;
}
