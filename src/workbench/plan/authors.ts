import { changeAuthorsByKey } from "../../manifest/change-authors.ts";
import { pendingAuthorsOf, unknownAuthors, type Authors, type ChangeAuthors } from "../../model/authors.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { requestFor, type Project, type ProjectSettings } from "../project/project.ts";
import { pathInSource } from "../project/service.ts";
import type { HeadOfPlan } from "./checkout.ts";
import { SourceError } from "../../controller/ports/source.ts";
import { resultOf } from "../../model/values/result.ts";

interface Range {
  readonly root: string;
  /** In the syntax of Git. */
  readonly base: string;
  readonly head: string;
}

/** Who made what differs between the base and the head; what is not committed has an unknown author. */
export async function authorsOfPlan(
  range: Range,
  projects: HeadOfPlan,
  { settings, toolbox }: { readonly settings: ProjectSettings; readonly toolbox: Toolbox },
): Promise<ChangeAuthors> {
  const { root, base, head } = range;
  const request = { ...requestFor(root, settings), base, head };
  const made = await toolbox.gitAuthors(request, toolbox.signal);
  if (made.kind === "unknown") return made;
  const { service } = settings;
  const inSource = (path: string): string => (service === undefined ? path : pathInSource(path, service));
  const byFile = [...made.byFile].map(([path, authors]) => [inSource(path), authors] as const);
  const open = differingFiles(projects.committed.snapshot, projects.head.snapshot);
  return {
    kind: "read",
    byFile: new Map([...byFile, ...open.map((file) => [file, UNCOMMITTED] as const)]),
  };
}

const UNCOMMITTED = unknownAuthors("it is not committed");

function differingFiles(a: Snapshot, b: Snapshot): readonly string[] {
  if (a === b) return [];
  const [then, now] = [a, b].map(({ files }) => new Map(files.map(({ path, bytes }) => [path, bytes])));
  const paths = [...new Set([...(then?.keys() ?? []), ...(now?.keys() ?? [])])];
  const refused = [...a.refused, ...b.refused].map(({ path }) => path);
  return [...paths.filter((path) => !isSame(then?.get(path), now?.get(path))), ...refused];
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.from(a).equals(b);
}

/** By key of the head, for the rules. */
export function authorsByKeyOf(change: ChangeAuthors, from: Project, to: Project): ReadonlyMap<Key, Authors> {
  const sides = [from.compilation, to.compilation];
  const pending = changeAuthorsByKey(change, sides, to.paths);
  const { bindings, policies } = to.compilation.desired;
  return new Map(
    [...bindings.keys(), ...policies.keys()].flatMap((key) => {
      const authors = pendingAuthorsOf(pending, key);
      return authors === null ? [] : [[key, authors]];
    }),
  );
}

const NOTHING_CHANGED: ChangeAuthors = { kind: "read", byFile: new Map() };

/** Only profiles for assistants ask who made a change, and without a record it is not known what is new. */
export async function authorsIfNeeded(
  { compilation }: Project,
  source: SourceRecord | null,
  read: (accepted: Revision) => Promise<ChangeAuthors>,
): Promise<ChangeAuthors> {
  const accepted = source?.acceptedRevision ?? null;
  if (accepted === null || !compilation.desired.profiles.some(({ agent }) => agent)) return NOTHING_CHANGED;
  const authors = await resultOf(read(accepted), SourceError);
  if (authors.kind === "ok") return authors.value;
  return { kind: "unknown", reason: "the commits since the accepted revision can't be read" };
}
