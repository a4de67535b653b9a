import { useOfAll, type ActionUse } from "../evidence/action-use.ts";
import { useOf, type EvidenceSources, type FunctionEvidence } from "../evidence/function-use.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import type { FunctionPermission } from "../../manifest/parse/parsed.ts";
import type { DeclaredPermission } from "./declared.ts";
import type { NearestOfStatement } from "./nearest-of-manifest.ts";

/** A declared permission, and what is known about its use by all functions of its manifest. */
export interface JudgedPermission extends DeclaredPermission {
  /** What it compiles to, sorted. */
  readonly actions: readonly string[];
  readonly use: ActionUse;
  /** `remove`: part of the smaller manifest. `review`: not seen, with weak evidence. `keep`: used, or not known. */
  readonly advice: "remove" | "review" | "keep";
}

/** A manifest and what is known about the use of its permissions. */
export interface JudgedManifest {
  readonly document: FunctionPermission;
  /** Of the document in its file. */
  readonly line: number;
  /** Sorted by key; all functions of the manifest. */
  readonly bindings: readonly DesiredBinding[];
  readonly permissions: readonly JudgedPermission[];
  /** In the first of its accounts and regions. */
  readonly nearest: readonly NearestOfStatement[];
  /** The log groups that its functions write to without `logs.groupPrefix`, sorted; empty if the manifest has none. */
  readonly ownLogGroups: readonly string[];
  /** What the evidence would remove. */
  readonly paths: readonly ValuePath[];
}

interface ManifestEvidence {
  readonly bindings: readonly DesiredBinding[];
  readonly evidenceOf: (binding: DesiredBinding) => FunctionEvidence;
  readonly sources: EvidenceSources;
}

export function judgePermission(
  permission: DeclaredPermission,
  manifest: ManifestEvidence,
): JudgedPermission {
  const { bindings, evidenceOf, sources } = manifest;
  const compiled = bindings.map((binding) => ({ binding, actions: permission.actionsOf(binding) }));
  const uses = compiled.flatMap(({ binding, actions }): readonly ActionUse[] => {
    if (actions.length === 0) return [DECLARED_TWICE];
    return actions.map((action) => useOf(action, evidenceOf(binding), sources));
  });
  const names = compiled.flatMap(({ actions }) => actions.map(({ action }) => action));
  const use = useOfAll(uses);
  return { ...permission, actions: [...new Set(names)].sort(), use, advice: adviceOf(use) };
}

const DECLARED_TWICE: ActionUse = { kind: "unknown", because: "another entry declares the same permission" };

function adviceOf(use: ActionUse): JudgedPermission["advice"] {
  if (use.kind !== "not-seen") return "keep";
  return use.confidence === "weak" ? "review" : "remove";
}

/** What is removed from the document: a list that loses every member is removed itself, and so does an entry. */
export function removedPaths(judged: readonly JudgedPermission[], spec: SpecLengths): readonly ValuePath[] {
  const byEntry = Map.groupBy(judged, ({ entry }) => entry.join("."));
  const entries = [...byEntry.values()].flatMap((all): readonly ValuePath[] => {
    const removed = all.filter(({ advice }) => advice === "remove");
    if (removed.length === all.length) return removed.slice(0, 1).map(({ entry }) => entry);
    return removed.flatMap(({ member }) => (member === null ? [] : [member]));
  });
  return LISTS.reduce((paths: readonly ValuePath[], list) => {
    const gone = paths.filter((path) => path.length === 3 && path[1] === list);
    if (gone.length === 0 || gone.length < spec[list]) return paths;
    return [...paths.filter((path) => path[1] !== list), ["spec", list]];
  }, entries);
}

const LISTS = ["grants", "statements"] as const;

/** How many entries the lists of the spec have. */
export type SpecLengths = Readonly<Record<(typeof LISTS)[number], number>>;
