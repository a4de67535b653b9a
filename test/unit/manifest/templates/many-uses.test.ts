import { expect, test } from "@jest/globals";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import { cpuMs } from "../../../support/cpu-time.ts";
import { COMPILE_CONTEXT, functionText, parseText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { templateText } from "../../../support/templates.ts";

const PLATFORM = Object.entries(PLATFORM_FILES).map(([path, text]) => parseText(path, text));
const FUNCTIONS = 600;
/** At most; usually the first pair shows it. */
const PAIRS = 3;

const grants = (queue: string): string => `  grants:
    - sqs: {queue: "${queue}", allow: [consume, send]}
    - dynamodb: {table: jobs, allow: [read, write]}
    - sns: {topic: "done-${queue}", allow: [publish]}
`;

/** Milliseconds of the processor to compile functions with this spec, without reading their files. */
function compileMs(spec: (index: number) => string, more: string): number {
  const texts = Array.from({ length: FUNCTIONS }, (_, index) => functionText(`f${index}`, spec(index)));
  const files = [
    ...PLATFORM,
    parseText("platform/more.yaml", more),
    ...texts.map((text, index) => parseText(`teams/orders/${index}.yaml`, text)),
  ];
  const before = process.cpuUsage();
  const { diagnostics, desired } = compile(files, COMPILE_CONTEXT);
  const ms = cpuMs(before);
  expect(diagnostics).toEqual([]);
  expect(desired.bindings.size).toBe(FUNCTIONS);
  return ms;
}

test("hundreds of uses cost at most four times what the same grants cost in each file", () => {
  const template = templateText("t", 1, `  parameters: {queue: {}}\n${grants("${param.queue}")}`);
  const other = templateText("other", 1, grants("jobs"));
  const use = (index: number): string =>
    `  templates: [{template: t, version: 1, parameters: {queue: q${index % 50}}}]\n`;

  // Once without measuring: the first compilation is slower than every later one.
  compileMs((index) => grants(`q${index % 50}`), other);
  let [written, used] = [Infinity, Infinity];
  // The least of each counts: a collection of garbage in the middle of a compilation only adds to it.
  for (let pair = 0; pair < PAIRS && !(used / written < 4); pair += 1) {
    written = Math.min(
      written,
      compileMs((index) => grants(`q${index % 50}`), other),
    );
    used = Math.min(used, compileMs(use, template));
  }

  expect(used / written).toBeLessThan(4);
});
