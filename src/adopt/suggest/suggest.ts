import { ownLogGroup } from "../../model/aws/log-group.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { placeOfDocument } from "../../text/located/located.ts";
import { byTextOf, sortedSet } from "../../text/order.ts";
import type { EvidenceSources, FunctionEvidence } from "../evidence/function-use.ts";
import { CandidateCompiler } from "../recognize/candidate-compiler.ts";
import { declaredPermissions } from "./declared.ts";
import { judgePermission, removedPaths, type JudgedManifest } from "./judged.ts";
import { nearestOfManifest } from "./nearest-of-manifest.ts";
import {
  smallerManifests,
  type KnownManifests,
  type SmallerFile,
  type SmallerOutcome,
} from "./smaller-manifests.ts";

export interface SuggestInput extends KnownManifests {
  /** The functions whose manifests are looked at. */
  readonly isSelected: (binding: DesiredBinding) => boolean;
  readonly evidenceOf: (binding: DesiredBinding) => FunctionEvidence;
  readonly sources: EvidenceSources;
}

export interface SuggestedManifest extends JudgedManifest {
  readonly outcome: SmallerOutcome;
}

export interface Suggestions {
  /** Sorted by file, then by place in it. */
  readonly manifests: readonly SuggestedManifest[];
  /** With smaller manifests; sorted by path. */
  readonly files: readonly SmallerFile[];
}

/**
 * Smaller manifests by evidence of use, and the nearest grants of statements. A manifest of several functions loses only
 * what none of them uses.
 */
export function suggest(input: SuggestInput): Suggestions {
  const judged = judgedManifests(input);
  const { outcomes, files } = smallerManifests(judged, input);
  return {
    manifests: judged.map((one) => ({ ...one, outcome: outcomes.get(one) ?? { kind: "unchanged" } })),
    files,
  };
}

function judgedManifests(input: SuggestInput): readonly JudgedManifest[] {
  const all = [...input.compilation.desired.bindings.values()].sort(byTextOf(({ key }) => key));
  const byPlace = Map.groupBy(all, ({ origin }) => `${origin.file}:${origin.line}`);
  const compilers = new Map<string, CandidateCompiler>();
  const compilerIn = ({ partition, accountId, region }: DesiredBinding): CandidateCompiler =>
    getOrAdd(
      compilers,
      `${accountId}/${region}`,
      () => new CandidateCompiler({ partition, accountId, region }),
    );
  const documents = input.files
    .toSorted(byTextOf(({ path }) => path))
    .flatMap((file) => file.documents.filter((document) => document.kind === "FunctionPermission"));
  return documents.flatMap((document): readonly JudgedManifest[] => {
    const { line } = placeOfDocument(document.located);
    const bindings = byPlace.get(`${document.file}:${line}`) ?? [];
    const [first] = bindings;
    if (first === undefined || !bindings.some(input.isSelected)) return [];
    const nearest = nearestOfManifest(first, compilerIn(first));
    const byPrefix = document.spec.logs !== false && document.spec.logs?.groupPrefix !== undefined;
    const groups = byPrefix ? bindings.map(({ functionName }) => ownLogGroup(functionName)) : [];
    const permissions = declaredPermissions(document).map((one) =>
      judgePermission(one, { ...input, bindings }),
    );
    const { grants = [], statements = [] } = document.spec;
    const lengths = { grants: grants.length, statements: statements.length };
    const paths = removedPaths(permissions, lengths);
    return [{ document, line, bindings, permissions, nearest, ownLogGroups: sortedSet(groups), paths }];
  });
}
