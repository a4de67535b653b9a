import { compile, type Compilation } from "../../manifest/compile/compile.ts";
import { parseFile } from "../../manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../../manifest/parse/parsed.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { FunctionDeployer } from "../../model/answers/coverage.ts";
import type { InPlace } from "../switch/in-place.ts";
import { TakeOvers } from "../switch/take-overs.ts";
import { deployerIn, roleSwitch, type RoleSwitch } from "../switch/role-switch.ts";
import { estatePlaceText, type Estate, type EstateFunction, type UnreadPlace } from "../estate/estate.ts";
import type { Key } from "../../model/keys/key.ts";
import { roleUsers } from "../estate/role-users.ts";
import type { ManifestDraft, NoDraft } from "./draft.ts";
import { proposedFiles } from "./files.ts";
import type { DraftedFunction, ProposedFile } from "./proposed-file.ts";
import { someOf } from "../../text/phrases.ts";
import { notesOn, type ImportNote, type NotedFunction } from "./notes.ts";
import { functionId, idIn, sortFunctions, type NotImported, type SortingInput } from "./sort-functions.ts";
import { ManifestProver, type ManifestDifference } from "./proof.ts";

export interface ImportInput extends SortingInput {
  /** Regions that were to be read with the estates, and were not. */
  readonly unread: readonly UnreadPlace[];
}

export type ImportOutcome =
  | {
      readonly kind: "written";
      readonly path: string;
      readonly key: Key;
      readonly draft: ManifestDraft;
      /** null: proved to mean the same. */
      readonly difference: ManifestDifference | null;
      readonly notes: readonly ImportNote[];
    }
  | NotImported;

export interface ImportedFunction {
  readonly estate: Estate;
  readonly found: EstateFunction;
  readonly outcome: ImportOutcome;
  readonly deployer: FunctionDeployer;
  /** null: it has no manifest, or it runs on its declared role already. */
  readonly roleSwitch: RoleSwitch | null;
  /** Whether the role that it has can be taken over instead; null: it does not switch. */
  readonly inPlace: InPlace | null;
}

/** A file, and the functions that it declares or whose roles attach it. */
export interface PlannedFile extends Pick<ProposedFile, "kind" | "path" | "text"> {
  readonly functions: readonly EstateFunction[];
}

export interface ImportPlan {
  /** Sorted by path: those with a problem are not in it. */
  readonly files: readonly PlannedFile[];
  /** In the order of the estates, then of the functions. */
  readonly functions: readonly ImportedFunction[];
  /** Of the existing files and of all proposed ones. */
  readonly compilation: Compilation;
}

/** Manifests for every function that has none, each compared with the state that it was written from. */
export function planImport(input: ImportInput): ImportPlan {
  const { drafted, outcomes } = sortFunctions(input);
  const all = proposedFiles(drafted, { ...input.context, files: input.files });
  const isPartial = ({ hasVariables }: ProposedFile): boolean => hasVariables && input.unread.length > 0;
  const proposed = all.filter((file) => !isPartial(file));
  const compiled = compile([...input.files, ...proposed.map(parseText)], input.context);
  const judged = judgedFunctions(proposed, compiled, roleUsersOf(input));
  const leftOut = new Set(all.filter(isPartial).flatMap((file) => file.functions.map(({ found }) => found)));
  const isWritten = ({ found }: DraftedFunction): boolean => judged.get(found)?.kind === "written";
  const files = proposed.filter(({ kind, functions }) =>
    kind === "policy" ? functions.some(isWritten) : functions.every(isWritten),
  );
  const outcomeOf = (found: EstateFunction): ImportOutcome | undefined =>
    judged.get(found) ?? (leftOut.has(found) ? ofPartialSet(input.unread) : outcomes.get(found));
  const functions = importedFunctions(input, compiled, outcomeOf);
  return {
    files: files.map((file) => ({ ...file, functions: file.functions.map(({ found }) => found) })),
    functions,
    compilation: compiled,
  };
}

function importedFunctions(
  input: ImportInput,
  compiled: Compilation,
  outcomeOf: (found: EstateFunction) => ImportOutcome | undefined,
): readonly ImportedFunction[] {
  const { estates, terraform } = input;
  const bindings = bindingsOf(compiled.desired.bindings.values());
  const takeOvers = new TakeOvers(input, compiled.desired);
  return estates.flatMap((estate) =>
    estate.functions.map((found): ImportedFunction => {
      const outcome = outcomeOf(found);
      if (outcome === undefined) throw new Error(`${found.arn} has no outcome`);
      const deployer = deployerIn(found, { estate, terraform });
      const hasManifest = outcome.kind === "written" || outcome.kind === "declared";
      const binding = hasManifest ? bindings.get(idIn(estate, found)) : undefined;
      const declaredRoleArn = binding?.role.arn ?? found.roleArn;
      const change = roleSwitch({ found, deployer, declaredRoleArn, terraform });
      const isProved = hasManifest && outcome.difference === null;
      const place =
        change === null || binding === undefined
          ? null
          : takeOvers.of(estate, { found, deployer, isProved, declared: binding.role });
      return { estate, found, outcome, deployer, roleSwitch: change, inPlace: place };
    }),
  );
}

/** By account, region and name of the function. */
function bindingsOf(bindings: Iterable<DesiredBinding>): ReadonlyMap<string, DesiredBinding> {
  return new Map([...bindings].map((binding) => [functionId(binding), binding]));
}

/** A variable that is correct in the targets that were read may be wrong in one that was not. */
function ofPartialSet(unread: readonly UnreadPlace[]): NoDraft {
  const places = someOf(unread.map(estatePlaceText));
  return {
    kind: "unknown",
    reason: `its targets differ in values that variables would replace, and ${places} ${unread.length === 1 ? "was" : "were"} not read`,
    next: "read all places, or import without the account that cannot be read",
  };
}

function parseText({ path, text }: Pick<ProposedFile, "path" | "text">): ParsedFile {
  return parseFile({ path, bytes: new TextEncoder().encode(text) }, DEFAULT_MANIFEST_LIMITS);
}

type Outcomes = ReadonlyMap<EstateFunction, ImportOutcome>;

/** What the compiled files mean for each function. A file is written only if all of its targets are valid. */
function judgedFunctions(
  proposed: readonly ProposedFile[],
  compiled: Compilation,
  usersOf: UsersOf,
): Outcomes {
  const prover = new ManifestProver(compiled.desired);
  const bindings = bindingsOf(compiled.desired.bindings.values());
  const outcomes = new Map<EstateFunction, ImportOutcome>();
  for (const { kind, path, functions } of proposed) {
    if (kind === "policy") continue;
    const bound = functions.flatMap((one) => {
      const binding = bindings.get(idIn(one.estate, one.found));
      return binding === undefined ? [] : [{ one, binding }];
    });
    if (bound.length < functions.length)
      for (const { found } of functions) outcomes.set(found, refusal(path, compiled));
    else
      for (const { one, binding } of bound)
        outcomes.set(one.found, writtenOutcome(path, one, { binding, prover, usersOf }));
  }
  return outcomes;
}

interface Judging {
  readonly binding: DesiredBinding;
  readonly prover: ManifestProver;
  readonly usersOf: UsersOf;
}

type UsersOf = (estate: Estate, roleArn: string) => NotedFunction["roleUsers"];

function writtenOutcome(
  path: string,
  { estate, found, draft }: DraftedFunction,
  { binding, prover, usersOf }: Judging,
): ImportOutcome {
  const difference = prover.differenceOf(binding, { estate, found, role: draft.role });
  const notes = notesOn({
    estate,
    found,
    draft,
    difference,
    roleUsers: usersOf(estate, found.roleArn),
    declared: prover.permissionsOf(binding, estate),
    observedAtMs: estate.observedAtMs,
  });
  return { kind: "written", path, key: binding.key, draft, difference, notes };
}

/** The first problem of the file, which is Grantkeeper's: it wrote the file. */
function refusal(path: string, { diagnostics, invalid }: Compilation): NoDraft {
  const all: readonly Diagnostic[] = [...diagnostics, ...[...invalid.values()].flat()];
  const problem = all.find(({ severity, origin }) => severity === "error" && origin.file === path);
  const why = problem === undefined ? "" : `: ${problem.message}`;
  return {
    kind: "blocked",
    reason: `its permissions are not valid in a manifest${why}`,
    next: problem?.fix ?? "write the manifest by hand",
  };
}

/** Names of the functions on a role, in all regions of its account that were read. */
function roleUsersOf({ estates, unread }: Pick<ImportInput, "estates" | "unread">): UsersOf {
  const users = estates.map((estate) => ({ estate, byRole: roleUsers(estate) }));
  return ({ account }, roleArn) => {
    const ofAccount = users.filter(({ estate }) => estate.account.id === account.id);
    const regions = unread.filter((one) => one.account.id === account.id).map(({ region }) => region);
    const isOneRegion = ofAccount.length + regions.length === 1;
    const names = ofAccount.flatMap(({ estate, byRole }) =>
      (byRole.get(roleArn) ?? []).map((name) => (isOneRegion ? name : `${name} in ${estate.region}`)),
    );
    return { names, unread: regions };
  };
}
