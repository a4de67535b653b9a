import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const CHECKOUT = join(import.meta.dirname, "../../..");

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "law-"));
  for (const name of [".dependency-cruiser.cjs", "package.json", "tools/check-law.ts", "tsconfig.json"]) {
    await cp(join(CHECKOUT, name), join(root, name));
  }
  await symlink(join(CHECKOUT, "node_modules"), join(root, "node_modules"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

interface Judgement {
  readonly code: number | string | null | undefined;
  readonly problems: readonly string[];
}

/** Every problem, shortened to `file: rule`. */
function checkLaw(): Promise<Judgement> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["tools/check-law.ts"], { cwd: root }, (problem, _output, errors) => {
      const lines = errors.split("\n").filter((line) => line !== "");
      const problems = lines.map((line) =>
        line.replace(/ → [^:]*(?:node:)?[^:]*: /, ": ").replace(/ \(.*/, ""),
      );
      resolve({ code: problem === null ? 0 : problem.code, problems });
    });
  });
}

/** One file per row: its import, and the rule that forbids it. */
const FORBIDDEN = [
  { file: "src/model/a.ts", imports: "../iam/iam.ts", rule: "model/ imports" },
  { file: "src/iam/a.ts", imports: "../audit/audit.ts", rule: "iam/ imports" },
  { file: "src/iam/match/a.ts", imports: "../compare/rows.ts", rule: "iam/match/ imports" },
  { file: "src/iam/b.ts", imports: "./compare/rows.ts", rule: "iam/ nouns" },
  { file: "src/iam/check/attic/a.ts", imports: "../../iam.ts", rule: "iam/check/ subfolders" },
  {
    file: "src/http/present/pending/a.ts",
    imports: "../timeline/a.ts",
    rule: "http/present/pending/ imports",
  },
  { file: "src/iam/attic/a.ts", imports: "../iam.ts", rule: "iam/ subfolders" },
  { file: "src/diff/a.ts", imports: "yaml", rule: "diff/ packages" },
  { file: "src/plan/a.ts", imports: "node:fs", rule: "pure folders" },
  { file: "src/plan/order/a.ts", imports: "../role/role.ts", rule: "plan/order/ imports" },
  { file: "src/plan/role/a.ts", imports: "../plan.ts", rule: "plan/role/ imports" },
  { file: "src/plan/attic/a.ts", imports: "../../model/model.ts", rule: "plan/ subfolders" },
  { file: "src/guard/a.ts", imports: "p-queue", rule: "guard/ packages" },
  { file: "src/manifest/a.ts", imports: "../diff/diff.ts", rule: "manifest/ imports" },
  { file: "src/controller/a.ts", imports: "../aws/aws.ts", rule: "controller/ imports" },
  { file: "src/controller/ports/a.ts", imports: "../loop.ts", rule: "ports without the controller" },
  { file: "src/source/a.ts", imports: "../controller/loop.ts", rule: "source/ imports" },
  { file: "src/controller/pass/a.ts", imports: "../revision/a.ts", rule: "controller/pass/ imports" },
  { file: "src/simulator/bounds/a.ts", imports: "../iam/a.ts", rule: "simulator/bounds/ imports" },
  { file: "src/dashboard/attic/a.ts", imports: "../../api/a.ts", rule: "a row for every subfolder" },
  { file: "src/store/a.ts", imports: "../aws/aws.ts", rule: "store/ imports" },
  { file: "src/aws/a.ts", imports: "../simulator/sim.ts", rule: "aws/ imports" },
  { file: "src/simulator/a.ts", imports: "../model/model.ts", rule: "simulator/ imports" },
  { file: "src/simulator/b.ts", imports: "fastify", rule: "simulator/ packages" },
  { file: "src/cli/a.ts", imports: "@aws-sdk/client-iam", rule: "cli/ packages" },
  { file: "src/http/a.ts", imports: "../plan/plan.ts", rule: "http/ imports" },
  { file: "src/record/a.ts", imports: "../main.ts", rule: "nothing imports the composition root" },
  { file: "src/cli/b.ts", imports: "../compose/aws.ts", rule: "nothing imports the composition root" },
  { file: "src/other/a.ts", imports: "../model/model.ts", rule: "a row for every folder" },
  { file: "src/api/a.ts", imports: "../../test/support/clock.ts", rule: "nothing imports test/" },
  { file: "src/api/b.ts", imports: "./missing.ts", rule: "all found" },
  { file: "src/main.ts", imports: "./model/model.ts", rule: "main.ts imports" },
  { file: "src/compose/c.ts", imports: "fastify", rule: "compose/ only composes" },
  {
    file: "src/compose/simulator.ts",
    imports: "../simulator/sim.ts",
    rule: "compose/ loads the simulator lazily",
  },
  { file: "bin/a.mjs", imports: "yaml", rule: "bin imports built-in modules only" },
];

const NEIGHBOURS: Readonly<Record<string, string>> = {
  "src/model/model.ts": "export type Model = 1;\n",
  "src/iam/iam.ts": "export type Iam = 1;\n",
  "src/iam/compare/rows.ts": "export type Rows = 1;\n",
  "src/http/present/timeline/a.ts": "export type Timeline = 1;\n",
  "src/audit/audit.ts": "export type Audit = 1;\n",
  "src/diff/diff.ts": "export type Diff = 1;\n",
  "src/plan/plan.ts": "export type Plan = 1;\n",
  "src/plan/role/role.ts": "export type Role = 1;\n",
  "src/aws/aws.ts": "export type Aws = 1;\n",
  "src/compose/aws.ts": "export type Compose = 1;\n",
  "src/controller/loop.ts": "export type Loop = 1;\n",
  "src/controller/revision/a.ts": "export type Revision = 1;\n",
  "src/simulator/iam/a.ts": "export type Iam = 1;\n",
  "src/simulator/sim.ts": "export type Sim = 1;\n",
};

describe("the import law", () => {
  test("reports each forbidden import, including type-only imports", async () => {
    const files = FORBIDDEN.map(({ file, imports }) => [
      file,
      `import type * as it from "${imports}";\nexport type It = typeof it;\n`,
    ]);
    const simulator = `import * as it from "../simulator/sim.ts";\nexport { it };\n`;
    await write({ ...NEIGHBOURS, "test/support/clock.ts": "export type Clock = 1;\n" });
    await write({ ...Object.fromEntries(files), "src/compose/simulator.ts": simulator });

    const { code, problems } = await checkLaw();

    expect(code).toBe(1);
    for (const { file, rule } of FORBIDDEN) expect(problems).toContain(`${file}: ${rule}`);
  });

  test("allows the imports of the table", async () => {
    await write({
      ...NEIGHBOURS,
      "src/iam/compare/deltas.ts": `import type * as it from "../match/match.ts";\nimport type * as all from "../iam.ts";\nexport type It = typeof it | typeof all;\n`,
      "src/iam/match/match.ts": "export type Match = 1;\n",
      "src/plan/render/render.ts": `import type * as it from "../../diff/diff.ts";\nimport { createHash } from "node:crypto";\nexport { createHash };\nexport type It = typeof it;\n`,
      "src/http/http.ts": `import type * as it from "../plan/render/render.ts";\nimport fastify from "fastify";\nexport { fastify };\nexport type It = typeof it;\n`,
      "src/simulator/server.ts": `import * as it from "@aws-sdk/client-iam";\nexport { it };\n`,
      "src/main.ts": `import "./compose/cli.ts";\n`,
      "src/compose/cli.ts": `import "../http/http.ts";\nexport const simulator = () => import("../simulator/server.ts");\n`,
      "test/a.test.ts": `import * as it from "../src/main.ts";\nexport { it };\n`,
    });

    expect(await checkLaw()).toEqual({ code: 0, problems: [] });
  });

  test("finds a circle of folders of which no two files import each other", async () => {
    const importing = (file: string): string =>
      `import type { It as Other } from "${file}";\nexport type It = Other;\n`;
    const last = "export type It = 1;\n";
    await write({
      "src/record/outbox/queue/a.ts": importing("../../sinks/a.ts"),
      "src/record/sinks/a.ts": last,
      "src/record/sinks/mail/b.ts": importing("../../text/b.ts"),
      "src/record/text/b.ts": last,
      "src/record/text/c.ts": importing("../outbox/c.ts"),
      "src/record/outbox/c.ts": importing("../loose.ts"),
      "src/record/loose.ts": importing("./names/d.ts"),
      "src/record/names/d.ts": importing("../other.ts"),
      "src/record/other.ts": last,
    });

    const { problems } = await checkLaw();
    expect(problems.filter((problem) => problem.includes("each other"))).toEqual(
      ["src/record/outbox", "src/record/sinks", "src/record/text"].map(
        (folder) => `${folder}: folders that import each other are one folder`,
      ),
    );
  });

  test("a file of compose/ and of config/ has at most 150 lines, a file elsewhere may have more", async () => {
    const lines = (count: number): string => "export type A = 1;\n".padEnd(count + 18, "\n");
    await write({
      "src/compose/a.ts": lines(150),
      "src/compose/sources/b.ts": lines(151),
      "src/config/c.ts": lines(151),
      "src/model/d.ts": lines(151),
    });

    expect(await checkLaw()).toEqual({
      code: 1,
      problems: ["src/compose/sources/b.ts", "src/config/c.ts"].map(
        (file) => `${file}: 151 lines; more than 150 are several subjects`,
      ),
    });
  });

  test("a file that the cruiser skips is a problem", async () => {
    const law = await readFile(join(CHECKOUT, ".dependency-cruiser.cjs"), "utf8");
    await write({
      ".dependency-cruiser.cjs": law.replace("^(dist|", "^(src/iam|dist|"),
      "src/model/a.ts": "export type A = 1;\n",
      "src/iam/a.ts": `import type { A } from "../aws/a.ts";\nexport type It = A;\n`,
    });

    expect(await checkLaw()).toEqual({ code: 1, problems: ["src/iam/a.ts: was not cruised"] });
  });
});
