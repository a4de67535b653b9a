import { withProgress } from "../../cli/screen/progress.ts";
import type { Installation, Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { ReferenceReadings } from "../../model/aws/reference.ts";
import type { Project } from "./project.ts";
import { readReferences } from "./references.ts";

/** null: the manifests name nothing in AWS. */
export async function readLiveReferences(
  { compilation }: Project,
  installation: Installation,
  toolbox: Toolbox,
): Promise<ReferenceReadings | null> {
  if (compilation.references.length === 0) return null;
  const aws = await installation.aws();
  try {
    const times = { nowMs: toolbox.clock.nowMs(), signal: toolbox.signal };
    return await withProgress("reading references", toolbox, () =>
      readReferences(compilation, aws.references, times),
    );
  } finally {
    aws.close();
  }
}

/** @param references null: nothing of them is known */
export function withReferences<Planned extends { readonly project: Project }>(
  planned: Planned,
  references: ReferenceReadings | null,
): Planned {
  if (references === null) return planned;
  return { ...planned, project: planned.project.withReadings(references) };
}
