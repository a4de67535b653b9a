import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { KeyFinding } from "../../model/verification.ts";
import { clock } from "../ports.ts";
import { mirrorOf } from "./git-settings.ts";

/** @param namespace null: of the platform source. @returns null: the source needs no signatures */
export async function examineSigningKeys(
  config: Config,
  namespace: Namespace | null,
  signal: AbortSignal,
): Promise<readonly KeyFinding[] | null> {
  const source = config.namespaceSources.find((one) => one.namespace === namespace) ?? config.source;
  if (source.kind !== "git" || source.signatures === null) return null;
  const { examineKeys } = await import("../../source/signatures/examine-keys.ts");
  const folder = mirrorOf(config, namespace);
  return examineKeys({ settings: source.signatures, folder, nowMs: clock.nowMs() }, signal);
}

/** Keys are read at each fetch; a warning at the start names those that verify nothing any more. */
export async function warnOfSigningKeys(
  config: Config,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const namespaces = config.namespaceSources.map(({ namespace }) => namespace);
  for (const namespace of [null, ...namespaces])
    for (const { outcome, detail } of (await examineSigningKeys(config, namespace, signal)) ?? [])
      if (outcome !== "passed")
        telemetry.warn("a key cannot verify commits", {
          ...(namespace !== null && { source: namespace }),
          reason: detail,
        });
}
