import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { Desired } from "../../model/desired.ts";
import { isBlocking } from "../../model/finding.ts";
import { findingsOffline, offlineFacts } from "./findings.ts";
import type { Project } from "./project.ts";

/**
 * The desired state without the functions that a rule refuses: nothing of them is applied, so Grantkeeper's own roles need
 * no permission for it. Otherwise a team could extend the writer's policy by a caller that is never allowed.
 */
export async function acceptedDesired(
  { compilation }: Pick<Project, "compilation">,
  toolbox: Toolbox,
): Promise<Desired> {
  const findings = findingsOffline(compilation, await offlineFacts(compilation, toolbox));
  const accepted = [...compilation.desired.bindings].filter(
    ([key]) => !(findings.get(key) ?? []).some(isBlocking),
  );
  return { ...compilation.desired, bindings: new Map(accepted) };
}

/** A document of the platform with an error is left out: policies would lack what it allows, or what it forbids. */
export function platformErrors({ compilation, paths }: Project): Project["compilation"]["diagnostics"] {
  return compilation.diagnostics.filter(
    ({ severity, origin }) =>
      severity === "error" &&
      (origin.file.startsWith(`${paths.platformPath}/`) || paths.platformPath === "."),
  );
}
