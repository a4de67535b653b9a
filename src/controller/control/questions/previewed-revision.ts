import { homeFolderOf } from "../../../manifest/folder-owner.ts";
import { parseFilesSteps } from "../../../manifest/parse/parse-files.ts";
import { isManifestPath } from "../../../manifest/parse/parse.ts";
import type { ParsedFile } from "../../../manifest/parse/parsed.ts";
import type { ChangedFile, MergeRequest } from "../../../model/answers/questions/merge-preview.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { withPrefix } from "../../../model/keys/source-prefix.ts";
import { sha256Hex } from "../../../model/values/digest.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import { byTextOf } from "../../../text/order.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";
import { inSlices } from "../../slices.ts";
import type { EnforcedState } from "../../state/controller-state.ts";
import type { SourceInput } from "../../state/source-input.ts";
import { compileParts } from "../../revision/accept.ts";
import { compilingContext } from "../../revision/intake.ts";
import { formerKeysOf } from "../../revision/sources/other-sources.ts";
import { knownSources, recordedSources } from "../../revision/sources/known-sources.ts";

/** The question ends when the signal aborts. */
export interface AskingContext extends ControllerContext {
  readonly signal: AbortSignal;
}

interface Previewed extends MergeRequest {
  readonly enforced: EnforcedState;
}

/** What would be in force with the changed files. Nothing is recorded or enforced. */
export async function previewedRevision(
  { namespace, files, enforced }: Previewed,
  context: AskingContext,
): Promise<Result<EnforcedState, Refusal>> {
  const { settings, ports, signal } = context;
  const input = enforced.inputs.get(namespace);
  if (input === undefined) return err(notRead(namespace));
  const changed = files.map((file) => ({ ...file, path: pathOf(file, namespace) }));
  const outside = files.find(
    (file) => !isOfGit(file.path) || !isRead(pathOf(file, namespace), settings.compile),
  );
  if (outside !== undefined) return err(notOfSource(outside.path));
  const parsing = parseFilesSteps(sourceFiles(changed), {
    limits: settings.manifestLimits,
    paths: settings.compile,
    known: new Map(),
  });
  const fresh = await inSlices(parsing, ports.eventLoop, signal);
  const inputs = new Map(enforced.inputs).set(namespace, laidOver(input, changed, fresh));
  const recorded = await recordedSources(context);
  const parts = knownSources(context).map(({ namespace: of }) => ({
    namespace: of,
    record: recorded.of(of),
    input: inputs.get(of) ?? null,
  }));
  const compiling = compileParts(parts, {
    compile: await compilingContext(context, recorded),
    formerKeys: formerKeysOf(recorded),
  });
  const compiled = await inSlices(compiling, ports.eventLoop, signal);
  return ok(compiled.enforced);
}

function pathOf({ path }: ChangedFile, namespace: Namespace | null): string {
  return namespace === null ? path : withPrefix(namespace, path);
}

/** Git has no other paths. */
function isOfGit(path: string): boolean {
  return !/\p{Cc}/u.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}

/** A source reads manifests below its paths alone. */
function isRead(path: string, paths: Parameters<typeof homeFolderOf>[1]): boolean {
  const home = homeFolderOf(path, paths);
  const isOutside = home.kind === "unowned" && home.namespace === null;
  return isManifestPath(path) && !isOutside;
}

function sourceFiles(files: readonly ChangedFile[]): Parameters<typeof parseFilesSteps>[0] {
  return files.flatMap(({ path, text }) =>
    text === null ? [] : [{ path, oid: sha256Hex(text), bytes: Buffer.from(text, "utf8") }],
  );
}

/** In the order of the paths, as a source reads them. */
function laidOver(
  input: SourceInput,
  changed: readonly ChangedFile[],
  fresh: Pick<SourceInput, "parsed" | "over">,
): SourceInput {
  const paths = new Set(changed.map(({ path }) => path));
  const isKept = ({ path }: Pick<ParsedFile, "path">): boolean => !paths.has(path);
  const parsed = [...[...input.parsed].filter(([, file]) => isKept(file)), ...fresh.parsed];
  return {
    ...input,
    parsed: new Map(parsed.toSorted(byTextOf(([, { path }]) => path))),
    over: [...input.over.filter(isKept), ...fresh.over],
  };
}

function notRead(namespace: Namespace | null): Refusal {
  const source = namespace === null ? "the platform source" : `a source of namespace ${namespace}`;
  return { code: "conflict", message: `nothing of ${source} is in force` };
}

function notOfSource(path: string): Refusal {
  return {
    code: "invalid",
    message: `${path} is no manifest that a source reads`,
    hint: "send files below platform/ and teams/ as grantkeeper.yaml names these folders",
  };
}
