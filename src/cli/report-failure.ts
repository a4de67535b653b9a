import type { ErrorObject } from "../api/failure.ts";
import { hideCredentials } from "../model/values/credential-text.ts";
import type { ExitCode } from "./toolbox/cli-error.ts";
import { failureOf, type Failure } from "./toolbox/failure.ts";
import { structuredText } from "./screen/print.ts";
import { layoutOf, type Layout } from "./screen/layout.ts";
import { cleanLine, cleanText, withoutLogCommands } from "./screen/paint.ts";
import { problemLines } from "./screen/problem.ts";
import { counted } from "../text/phrases.ts";
import type { Toolbox } from "./toolbox/toolbox.ts";
import { lineText, type ScreenLine } from "../text/screen-line.ts";

/** Prints why a command failed on standard error: for people, or as one object where `-o json` or `-o yaml` was given. */
export async function reportFailure(
  error: unknown,
  argv: readonly string[],
  { terminal, signal, env }: Toolbox,
): Promise<ExitCode> {
  const isInterrupted = signal.aborted && error === signal.reason;
  const failure = isInterrupted ? INTERRUPTED : failureOf(error);
  const format = structuredFormat(argv);
  if (format !== null) {
    await terminal.err(structuredText(errorObject(failure), format));
    return failure.exitCode;
  }
  const debug = (env["GRANTKEEPER_DEBUG"] ?? "") !== "" && error instanceof Error ? [error.stack ?? ""] : [];
  const lines = [...failureLines(failure, layoutOf(terminal, "table")).map(lineText), ...debug];
  await terminal.err(`${withoutLogCommands(hideCredentials(cleanText(lines.join("\n"))), env)}\n`);
  return failure.exitCode;
}

const INTERRUPTED: Failure = {
  problems: [{ place: null, code: "Interrupted", message: "interrupted", fix: null }],
  exitCode: 1,
};

function failureLines({ problems }: Failure, { width }: Layout): readonly ScreenLine[] {
  const lines = problems.flatMap(({ place, message, fix }) =>
    problemLines({ level: "error", place, message, hint: fix }, width),
  );
  return problems.length === 1 ? lines : [...lines, counted(problems.length, "error")];
}

function errorObject({ problems, exitCode }: Failure): ErrorObject {
  const shown = (text: string): string => hideCredentials(cleanLine(text));
  const errors = problems.map(({ place, code, message, fix }) => ({
    level: "error" as const,
    place: place === null ? null : shown(place),
    code,
    message: shown(message),
    hint: fix === null ? null : shown(fix),
  }));
  return { kind: "Error", exitCode, errors };
}

/** The parser may have failed before it came to the format. The last of several counts, as in the parser. */
function structuredFormat(argv: readonly string[]): "json" | "yaml" | null {
  const end = argv.indexOf("--");
  const options = end < 0 ? argv : argv.slice(0, end);
  const formats = options.flatMap((option, at) => {
    const [, joined] = /^(?:-o=?|--output=)(.+)$/.exec(option) ?? [];
    const found = joined ?? (/^(-o|--output)$/.test(option) ? options[at + 1] : undefined);
    return found === undefined ? [] : [found];
  });
  const last = formats.at(-1);
  return last === "json" || last === "yaml" ? last : null;
}
