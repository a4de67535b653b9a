import type { RemediedFinding } from "../../guard/judge-desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { joinedDelta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import type { SourceFile } from "../../model/snapshot.ts";
import { bindingDelta, policyDelta } from "../plan/compiled-delta.ts";
import { findingsOffline, type OfflineFacts } from "../project/findings.ts";
import type { Project } from "../project/project.ts";

/** The parts of a project that a correction reads. */
export interface CorrectedProject extends Pick<Project, "files" | "compilation"> {
  readonly snapshot: { readonly files: readonly Pick<SourceFile, "path" | "bytes">[] };
  readonly withTexts: (texts: ReadonlyMap<string, string>) => Pick<Project, "compilation">;
}

/** The manifests before a correction, as they were judged. */
export interface JudgedProject {
  readonly project: CorrectedProject;
  readonly facts: OfflineFacts;
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
}

/**
 * True if the manifests with these texts have none of the findings, no other problem than before, the same objects, and
 * allow nothing more to any function. Removed permissions must have had no effect.
 */
export function isCorrected(
  texts: ReadonlyMap<string, string>,
  corrected: readonly RemediedFinding[],
  judged: JudgedProject,
): boolean {
  const { project, facts } = judged;
  const changed = project.withTexts(texts);
  const [before, after] = [project.compilation, changed.compilation];
  const keys = keysOf(texts.keys(), project);
  if (!hasSame(before.desired.bindings, after.desired.bindings)) return false;
  if (!hasSame(before.desired.policies, after.desired.policies)) return false;
  if (!isWithin(after.diagnostics.map(problemText), before.diagnostics.map(problemText))) return false;
  const now = [...findingsOffline(after, facts, keys).values()].flat();
  const then = [...keys].flatMap((key) => judged.findings.get(key) ?? []);
  const ended = corrected.map(({ finding }) => finding);
  return isNoWorse(now, withoutOnce(then, ended)) && allowsNoMore(changed, { judged, keys, corrected });
}

/** The keys that a change of these files may concern: all, if they have more than functions. */
function keysOf(paths: Iterable<string>, { files, compilation }: CorrectedProject): ReadonlySet<Key> {
  const changed = new Set(paths);
  const documents = files.filter(({ path }) => changed.has(path)).flatMap((file) => file.documents);
  if (documents.some(({ kind }) => kind !== "FunctionPermission" && kind !== "invalid")) {
    const { desired, unattached } = compilation;
    return new Set([
      ...desired.bindings.keys(),
      ...desired.policies.keys(),
      ...unattached.map(({ key }) => key),
    ]);
  }
  return new Set([...changed].flatMap((path) => compilation.fileKeys[path] ?? []));
}

interface Corrected {
  readonly judged: JudgedProject;
  readonly keys: ReadonlySet<Key>;
  readonly corrected: readonly RemediedFinding[];
}

function allowsNoMore(
  changed: Pick<Project, "compilation">,
  { judged, keys, corrected }: Corrected,
): boolean {
  const { project, facts } = judged;
  const [then, now] = [project.compilation.desired, changed.compilation.desired];
  const hadNoEffect = corrected.every(({ remedy }) => remedy.kind === "remove-permissions");
  return [...keys].every((key) => {
    const delta = joinedDelta([
      bindingDelta(stateIn(then, key), stateIn(now, key)),
      policyDelta(then.policies.get(key) ?? null, now.policies.get(key) ?? null),
    ]);
    if (delta.allowed.length > 0 || delta.unknownEffect.length > 0) return false;
    return !hadNoEffect || delta.noLongerAllowed.length === 0;
  });

  function stateIn(desired: typeof then, key: Key) {
    const state: DesiredBinding | undefined = desired.bindings.get(key);
    return state === undefined ? null : { state, desired, shipped: facts.shipped };
  }
}

function hasSame(before: ReadonlyMap<Key, unknown>, after: ReadonlyMap<Key, unknown>): boolean {
  return before.size === after.size && [...before.keys()].every((key) => after.has(key));
}

function problemText({ severity, code, origin, message }: Diagnostic): string {
  return JSON.stringify([severity, code, origin.file, message]);
}

function findingText({ rule, severity, key, why }: Finding): string {
  return JSON.stringify([rule, severity, key, why]);
}

/** A finding that only reads otherwise is no other one, such as a size that was near its quota before. */
function isNoWorse(now: readonly Finding[], then: readonly Finding[]): boolean {
  const [added, gone] = [withoutOnce(now, then), withoutOnce(then, now)];
  const [addedBlocks, goneBlocks] = [added, gone].map((findings) =>
    findings.filter(({ severity }) => severity === "block").map(placeText),
  );
  return isWithin(added.map(placeText), gone.map(placeText)) && isWithin(addedBlocks ?? [], goneBlocks ?? []);
}

/** By its path, since a correction moves the lines below it. */
function placeText({ rule, key, origin, part }: Finding): string {
  return JSON.stringify([rule, key, origin?.file, origin?.path, part]);
}

/** Each text at most as often. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  const left = new Map<string, number>();
  for (const text of all) left.set(text, (left.get(text) ?? 0) + 1);
  return some.every((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0;
  });
}

function withoutOnce(all: readonly Finding[], removed: readonly Finding[]): readonly Finding[] {
  const left = new Map<string, number>();
  for (const text of removed.map(findingText)) left.set(text, (left.get(text) ?? 0) + 1);
  return all.filter((finding) => {
    const text = findingText(finding);
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}
