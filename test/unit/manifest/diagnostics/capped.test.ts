import { describe, expect, test } from "@jest/globals";
import { diagnosticLines, summaryLine } from "../../../../src/workbench/project/diagnostics.ts";
import { cappedDiagnostics } from "../../../../src/manifest/capped.ts";
import { sortDiagnostics } from "../../../../src/manifest/diagnostics.ts";
import { countOf, errorAt, warningAt, type Diagnostic } from "../../../../src/model/diagnostic.ts";
import { accountText, compileTexts, functionText, parseText } from "../../../support/manifests.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

function errors(file: string, count: number, at: typeof errorAt = errorAt): readonly Diagnostic[] {
  return Array.from({ length: count }, (_, index) =>
    at({ file, line: index + 1, column: 1, path: "" }, "x", { message: `problem ${index}`, fix: null }),
  );
}

function filesOf(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(diagnostics, ({ origin }) => origin.file)].map(([file, of]) => [file, of.length]),
  );
}

describe("diagnostics", () => {
  test("below the limit are unchanged", () => {
    const few = errors("teams/a/x.yaml", 100);

    expect(cappedDiagnostics(few)).toBe(few);
  });

  test("of one file are limited, and the last one counts the rest", () => {
    const capped = cappedDiagnostics(errors("teams/a/x.yaml", 5_000));

    expect(capped).toHaveLength(101);
    expect(capped.at(-1)).toMatchObject({
      severity: "error",
      code: "more-findings",
      message: "4900 more errors in this file",
      omitted: { errors: 4_900, warnings: 0 },
    });
  });

  test("of one team do not hide those of another team", () => {
    const noisy = Array.from({ length: 40 }, (_, at) => errors(`teams/noisy/${at}.yaml`, 2_000)).flat();
    const capped = cappedDiagnostics(sortDiagnostics([...noisy, ...errors("teams/quiet/x.yaml", 3)]));

    expect(capped.length).toBeLessThan(1_100);
    expect(filesOf(capped).get("teams/quiet/x.yaml")).toBe(3);
    expect(countOf(capped)).toEqual({ errors: 80_003, warnings: 0 });
  });

  test("of one team in thousands of files and folders do not hide those of another team", () => {
    const noisy = Array.from({ length: 3_000 }, (_, at) => errors(`teams/noisy/${at}/x.yaml`, 1)).flat();
    const capped = cappedDiagnostics(sortDiagnostics([...noisy, ...errors("teams/quiet/x.yaml", 1)]));

    expect(capped.length).toBeLessThan(1_100);
    expect(capped).toContainEqual(errors("teams/quiet/x.yaml", 1)[0]);
    expect(countOf(capped)).toEqual({ errors: 3_001, warnings: 0 });
  });

  test("of too many files are counted together with their files", () => {
    const all = Array.from({ length: 3_000 }, (_, at) =>
      errors(`teams/a/${String(at).padStart(4, "0")}.yaml`, 2),
    ).flat();

    const capped = cappedDiagnostics(all);

    expect(capped.at(-1)?.message).toBe("4000 more errors in 2000 more files");
    expect(countOf(capped)).toEqual({ errors: 6_000, warnings: 0 });
  });

  test("with errors precede those with warnings only, even if the warnings are many", () => {
    const noisy = Array.from({ length: 1_500 }, (_, at) => errors(`teams/a/${at}.yaml`, 1, warningAt)).flat();

    const capped = cappedDiagnostics(sortDiagnostics([...noisy, ...errors("teams/z/x.yaml", 1)]));

    expect(capped.filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([
      "problem 0",
    ]);
    expect(capped.at(-1)?.message).toBe("501 more warnings in 501 more files");
    expect(countOf(capped)).toEqual({ errors: 1, warnings: 1_500 });
  });

  test("with errors are kept before warnings if not all fit", () => {
    const found = [
      ...errors("teams/a/x.yaml", 200, warningAt),
      ...errors("teams/a/x.yaml", 1).map((one) => ({ ...one, origin: { ...one.origin, line: 900 } })),
    ];

    const capped = cappedDiagnostics(sortDiagnostics(found));

    expect(capped.filter(({ severity }) => severity === "error")).toHaveLength(1);
    expect(capped.at(-2)).toMatchObject({ severity: "error", origin: { line: 900 } });
    expect(countOf(capped)).toEqual({ errors: 1, warnings: 200 });
  });

  test("that are omitted count in the summary and are mentioned on the screen", () => {
    const capped = cappedDiagnostics(errors("teams/a/x.yaml", 5_000));

    expect(summaryLine(40, capped)).toBe("40 documents: 5000 errors, 0 warnings");
    expect(
      diagnosticLines(capped, ".", { width: 80, wide: false } as never)
        .map(lineText)
        .join("\n"),
    ).toContain("4900 more errors in this file");
  });
});

describe("the functions of an invalid account", () => {
  const unusable = accountText("prod", "222222222222").replace("mode: enforce", "mode: unknown");

  test("are not counted as errors of their own", () => {
    const functions = Array.from({ length: 150 }, (_, at) => functionText(`f${at}`)).join("---\n");

    const { diagnostics, invalid } = compileTexts({
      "platform/accounts.yaml": unusable,
      "teams/orders/x.yaml": functions,
    });

    expect([...invalid.keys()].filter((key) => key.startsWith("function/"))).toHaveLength(150);
    expect(diagnostics.map(({ origin }) => origin.file)).toEqual(["platform/accounts.yaml"]);
  });
});

describe("thousands of documents that contradict each other", () => {
  const files = (text: (at: number) => string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length: 4 }, (_, file) => [
        `teams/orders/${file}.yaml`,
        Array.from({ length: 500 }, (_, at) => text(500 * file + at)).join("---\n"),
      ]),
    );

  test.each([
    { text: () => functionText("same"), because: "all have one name" },
    { text: (at: number) => functionText(`f${at}`, "  function: same\n"), because: "all have one function" },
  ])("lead to few short messages: $because", ({ text }) => {
    const { diagnostics, invalid, desired } = compileTexts(files(text));

    expect(diagnostics.length).toBeLessThanOrEqual(4 * 101);
    expect(countOf(diagnostics).errors).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...diagnostics.map(({ message }) => message.length))).toBeLessThan(500);
    expect(Math.max(...[...invalid.values()].map((reasons) => reasons.length))).toBeLessThanOrEqual(21);
    expect(desired.bindings.size).toBe(0);
  });

  test("a document with thousands of YAML errors keeps a hundred of them", () => {
    const [document] = parseText("teams/orders/x.yaml", "- !unknown x\n".repeat(2_500)).documents;

    expect(document?.kind === "invalid" && document.diagnostics.length).toBe(101);
    expect(document?.kind === "invalid" && countOf(document.diagnostics).errors).toBe(2_500);
  });
});
