import { NOT_RECORDED } from "../../model/authors.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { placeName } from "../../model/aws/reference.ts";
import type { DecidingSettings } from "./compilation-digest.ts";
import type { FollowedRecord, InForce } from "../ports/assigned/in-force.ts";
import { compileParts, parseSnapshot, type SourcePart } from "../revision/accept.ts";
import type { RevisionToEnforce } from "../revision/enforce.ts";
import { earlierTenancy, holdersIn } from "../revision/intake.ts";
import { formerKeysOf } from "../revision/sources/other-sources.ts";
import { recordedIn, type KnownSource, type RecordedSources } from "../revision/sources/known-sources.ts";
import type { ControllerPorts, ControllerSettings } from "../settings.ts";
import { inSlices } from "../slices.ts";
import type { EnforcedState } from "../state/controller-state.ts";
import type { SourceInput } from "../state/source-input.ts";

export interface FollowerPorts extends Pick<
  ControllerPorts,
  "source" | "namespaceSources" | "clock" | "eventLoop" | "telemetry"
> {
  readonly record: FollowedRecord;
}

export type FollowerSettings = DecidingSettings &
  Pick<ControllerSettings, "manifestLimits" | "compile" | "version">;

export interface FollowerContext {
  readonly settings: FollowerSettings;
  readonly ports: FollowerPorts;
}

type CompiledFollowed =
  | ({ readonly kind: "compiled" } & RevisionToEnforce)
  /** The record has another revision in force already. */
  | { readonly kind: "moved" }
  | { readonly kind: "unread"; readonly reason: string };

type FollowedSource = Pick<KnownSource, "source" | "namespace">;

/**
 * Compiles what another replica has in force, from the record and from the mirrors of this process. It records nothing.
 * @param before of an earlier compilation: files that are the same are not parsed again
 */
export async function compileFollowed(
  inForce: InForce,
  { settings, ports }: FollowerContext,
  { before, signal }: { readonly before: EnforcedState["inputs"]; readonly signal: AbortSignal },
): Promise<CompiledFollowed> {
  const targets: readonly FollowedSource[] = [
    { source: ports.source, namespace: null },
    ...ports.namespaceSources,
  ];
  const recorded = recordedIn(await ports.record.sources(), targets);
  if (hasMoved(inForce, targets, recorded)) return { kind: "moved" };
  const parts: SourcePart[] = [];
  for (const target of targets) {
    const input = await inputOf(target, inForce, { settings, ports, before, signal });
    if (typeof input === "string") return { kind: "unread", reason: input };
    parts.push({ namespace: target.namespace, record: recorded.of(target.namespace), input });
  }
  if (parts[0]?.input === null) return { kind: "unread", reason: notNamed(ports.source.name) };
  const compiling = compileParts(parts, {
    compile: await compileContext(inForce, { settings, ports }, recorded),
    formerKeys: formerKeysOf(recorded),
  });
  const { enforced } = await inSlices(compiling, ports.eventLoop, signal);
  return { kind: "compiled", enforced, authors: recorded.of(null)?.authors ?? NOT_RECORDED };
}

function notNamed(source: string): string {
  return `the active replica has nothing of source "${source}" in force: the operator's files differ`;
}

function hasMoved(
  { revisions }: InForce,
  targets: readonly FollowedSource[],
  recorded: RecordedSources,
): boolean {
  return targets.some(({ source, namespace }) => {
    const revision = revisions[source.name];
    return revision !== undefined && recorded.of(namespace)?.acceptedRevision !== revision;
  });
}

/** null: the active replica has not read the source. A text: why it cannot be read. */
async function inputOf(
  { source, namespace }: FollowedSource,
  { revisions }: InForce,
  {
    settings: { manifestLimits: limits, compile: paths },
    ports,
    before,
    signal,
  }: FollowerContext & { readonly before: EnforcedState["inputs"]; readonly signal: AbortSignal },
): Promise<SourceInput | null | string> {
  const revision = revisions[source.name];
  if (revision === undefined) return null;
  const known = before.get(namespace)?.parsed ?? new Map();
  const snapshot = await source.at(revision, signal);
  if (snapshot.kind === "err") return `${snapshot.error.message}; ${snapshot.error.fix}`;
  return inSlices(parseSnapshot(snapshot.value, { limits, paths, known }), ports.eventLoop, signal);
}

/** Owners that only AWS shows are not known here: until the record names them, the digest is another one. */
async function compileContext(
  { references }: InForce,
  { settings, ports: { record, clock } }: FollowerContext,
  recorded: RecordedSources,
): Promise<Parameters<typeof compileParts>[1]["compile"]> {
  const readings = references.flatMap(({ reading, ...place }) =>
    reading === null ? [] : [[placeName(place), reading] as const],
  );
  return {
    ...settings.compile,
    nowMs: clock.nowMs(),
    holders: holdersIn(await record.appliedMarks()),
    incumbents: { role: () => "unknown", function: () => "unknown" },
    earlierTenancy: await earlierTenancy(recorded.of(null), record),
    readings: new Map(readings),
  };
}

/** The inputs of nothing. */
export const NO_INPUTS: ReadonlyMap<Namespace | null, SourceInput> = new Map();
