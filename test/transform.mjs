import { createHash } from "node:crypto";
import swcJest from "@swc/jest";
import { createInstrumenter } from "istanbul-lib-instrument";

/** @typedef {Parameters<ReturnType<typeof swcJest.createTransformer>["process"]>[2]} TransformOptions */

/**
 * What Jest runs of a TypeScript file. With `--coverage` it counts branches only, since only these have thresholds: without the
 * counters and places of statements and functions, a test file takes two thirds of the time.
 */
// oxlint-disable-next-line import/no-default-export -- Jest takes the default export of the file.
export default {
  /** @param {Parameters<typeof swcJest.createTransformer>[0]} options of swc */
  createTransformer(options) {
    const swc = swcJest.createTransformer(options);
    return {
      canInstrument: true,
      /** @param {string} text @param {string} path @param {TransformOptions} how */
      process(text, path, how) {
        const plain = swc.process(text, path, how);
        return how.instrument ? { code: withBranchCounters(plain.code, path) } : plain;
      },
      /** @param {string} text @param {string} path @param {TransformOptions} how */
      getCacheKey(text, path, how) {
        const key = `${swc.getCacheKey(text, path, how)} ${how.instrument} branches`;
        return createHash("sha256").update(key).digest("hex").slice(0, 32);
      },
    };
  },
};

const OTHER_COUNTERS = /cov_\w+\(\)\.[sf]\[\d+\]\+\+\s*[,;]/g;
const SCHEMA = /_coverageSchema: "\w+"/;
const DATA = /(?<=\n {2}var coverageData = )\{\n[^]*?\n {2}\}(?=;\n {2}var coverage = )/;

/** @param {string} code @param {string} path */
function withBranchCounters(code, path) {
  const instrumenter = createInstrumenter({ esModules: true, compact: false, produceSourceMap: false });
  const counted = instrumenter.instrumentSync(code, path);
  const { branchMap, b } = instrumenter.lastFileCoverage();
  const [schema] = SCHEMA.exec(counted) ?? [];
  // Jest adds the files that no test loads by these fields.
  if (schema === undefined || !DATA.test(counted)) throw new Error("the counters have another form");
  const branches = `branchMap: ${JSON.stringify(branchMap)}, b: ${JSON.stringify(b)}`;
  const others = `path: ${JSON.stringify(path)}, statementMap: {}, fnMap: {}, s: {}, f: {}, hash: "", ${schema}`;
  return counted.replace(DATA, () => `{ ${others}, ${branches} }`).replaceAll(OTHER_COUNTERS, "");
}
