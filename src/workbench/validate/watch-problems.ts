import { join } from "node:path";
import { layoutOf } from "../../cli/screen/layout.ts";
import { printLines } from "../../cli/screen/print.ts";
import { problemLines } from "../../cli/screen/problem.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { SourceError } from "../../controller/ports/source.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";
import { shownProblems, summaryLine, type ShownProblem } from "../project/diagnostics.ts";
import type { ProjectSettings } from "../project/project.ts";
import { platformProblems } from "../project/service.ts";
import { validationOf, type CheckedPath } from "./validation.ts";

/** What is known of the manifests at one moment. */
interface Look {
  /** By what stays the same when lines above are added or removed. */
  readonly problems: ReadonlyMap<string, ShownProblem>;
  /** The last lines, which count. */
  readonly summary: readonly string[];
  readonly parsed: ReadonlyMap<string, ParsedFile>;
}

/**
 * Shows all problems, and after each change those that are new and those that are fixed, until interrupted: that is how
 * watching ends, and no failure.
 */
export async function watchProblems(
  place: CheckedPath,
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<0> {
  const { signal } = toolbox;
  const changes = new Changes();
  const interrupted = (): void => changes.notify();
  signal.addEventListener("abort", interrupted);
  const stop = await toolbox.watchFolders(watchedFolders(place, settings), () => changes.notify());
  try {
    let before = await look(place, { ...settings }, toolbox);
    await printLines(changedLines(null, before, layoutOf(toolbox.terminal, "table").width), toolbox);
    for (;;) {
      await changes.next();
      if (signal.aborted) return 0;
      const now = await look(place, { ...settings, knownFiles: before.parsed }, toolbox);
      await printLines(changedLines(before, now, layoutOf(toolbox.terminal, "table").width), toolbox);
      before = now;
    }
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  } finally {
    signal.removeEventListener("abort", interrupted);
    await stop();
  }
}

function watchedFolders({ root }: CheckedPath, settings: ProjectSettings): readonly string[] {
  if (settings.service !== undefined) return [root];
  return [settings.platformPath, settings.tenantPath].map((path) => join(root, path));
}

/** A folder that cannot be read for a moment, such as during a checkout, is a problem like others. */
async function look(place: CheckedPath, settings: ProjectSettings, toolbox: Toolbox): Promise<Look> {
  try {
    const { project, diagnostics, documents } = await validationOf(place, settings, toolbox);
    return {
      problems: byKey(shownProblems(diagnostics, place.prefix)),
      summary: [
        summaryLine(documents, diagnostics),
        ...platformProblems(project.compilation.diagnostics, project.service, settings),
      ],
      parsed: project.parsed,
    };
  } catch (error) {
    if (!(error instanceof CliError || error instanceof SourceError) || toolbox.signal.aborted) throw error;
    const { message, fix: hint } = error;
    const problem = { level: "error", place: place.root, message, hint } as const;
    const problems = byKey([{ file: "", problem }]);
    return {
      problems,
      summary: ["0 documents: 1 error, 0 warnings"],
      parsed: settings.knownFiles ?? new Map(),
    };
  }
}

function byKey(problems: readonly ShownProblem[]): ReadonlyMap<string, ShownProblem> {
  const found = new Map<string, ShownProblem>();
  for (const one of problems) {
    const { level, message, hint } = one.problem;
    for (let number = 0; ; number += 1) {
      const key = JSON.stringify([one.file, level, message, hint, number]);
      if (found.has(key)) continue;
      found.set(key, one);
      break;
    }
  }
  return found;
}

function changedLines(before: Look | null, now: Look, width: number): readonly ScreenLine[] {
  const fixed = [...(before?.problems ?? [])].filter(([key]) => !now.problems.has(key));
  const added = [...now.problems].filter(([key]) => before === null || !before.problems.has(key));
  const isSame = before !== null && before.summary.join("\n") === now.summary.join("\n");
  if (isSame && fixed.length === 0 && added.length === 0) return [];
  return [
    ...(before === null ? [] : [""]),
    ...toned(
      "added",
      fixed.map(([, { problem }]) => `fixed: ${problem.place}: ${problem.message}`),
    ),
    ...added.flatMap(([, { problem }]) => problemLines(problem, width)),
    ...now.summary,
  ];
}

/** Changes that come while one is looked at are one more change. */
class Changes {
  #isPending = false;
  #wake: () => void = () => undefined;

  notify(): void {
    this.#isPending = true;
    this.#wake();
  }

  async next(): Promise<void> {
    if (!this.#isPending) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isPending = false;
  }
}
