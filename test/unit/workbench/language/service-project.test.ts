import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Toolbox } from "../../../../src/cli/toolbox/toolbox.ts";
import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import { readFolder } from "../../../../src/source/folder.ts";
import { parseNamespace } from "../../../../src/model/aws/ids.ts";
import { definitionAt } from "../../../../src/workbench/language/answers/definition.ts";
import { quickFixes } from "../../../../src/workbench/language/answers/fixes.ts";
import { hoverAt } from "../../../../src/workbench/language/answers/hover.ts";
import type { PublishedProblems } from "../../../../src/workbench/language/live-project.ts";
import { Projects, type DocumentHome } from "../../../../src/workbench/language/projects.ts";
import { settingsOf } from "../../../../src/workbench/project/project.ts";
import { FakeClock, settled } from "../../../support/fakes/fake-clock.ts";
import { placeOf } from "../../../support/language/analysis.ts";
import { functionText, NARROW_PLATFORM_FILES, NOW_MS } from "../../../support/manifests.ts";
import { SILENT, TEST_CONFIG } from "../../../support/screens/cli.ts";

const API = "deploy/permissions/api.yaml";
const granting = (entries: string): string => functionText("api", `  grants:\n${entries}`);
const TEXT = granting(
  "    - dynamodb: {table: orders, allow: [write]}\n    - sqs: {queue: a, allow: [send]}\n",
);

let top: string;
let clock: FakeClock;
let published: PublishedProblems[];
let projects: Projects;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "gk-language-service-"));
  for (const [path, text] of Object.entries(NARROW_PLATFORM_FILES))
    await save(join("permissions", path), text);
  await save(
    "permissions/teams/payments/pay.yaml",
    functionText("pay", "  grants: [{dynamodb: {table: x, allow: [snd]}}]\n"),
  );
  await save(join("service", API), TEXT);
  clock = new FakeClock(NOW_MS);
  published = [];
  projects = await started();
});
afterEach(async () => {
  await projects.stop();
  await rm(top, { recursive: true });
});

async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(top, path)), { recursive: true });
  await writeFile(join(top, path), text);
}

/** The folders are read from the disk; that they change is reported by the test. */
async function started(): Promise<Projects> {
  const { signal } = new AbortController();
  const actionData = new IamActionData();
  const namespace = parseNamespace("orders");
  if (namespace === undefined) throw new Error("orders is a namespace");
  const root = join(top, "service/deploy/permissions");
  return new Projects({
    settings: { ...settingsOf(TEST_CONFIG), instance: null },
    service: { namespace, root, path: "deploy/permissions", platform: join(top, "permissions") },
    toolbox: {
      clock,
      signal,
      actionData: async () => actionData,
      watchFolders: async () => async () => undefined,
      readDirectory: ({ platformPath, tenantPath, sizes, ...request }) =>
        readFolder(
          {
            ...request,
            name: "directory",
            debounceMs: 0,
            telemetry: SILENT,
            timeoutMs: 20_000,
            paths: { platformPath, tenantPath },
            limits: sizes,
          },
          signal,
        ),
    } as Pick<Toolbox, "clock" | "signal" | "actionData" | "watchFolders" | "readDirectory"> as Toolbox,
    publish: (problems) => void published.push(problems),
    report: (error) => {
      throw error;
    },
  });
}

type InProject = Extract<DocumentHome, { kind: "project" }>;

async function edited(text: string): Promise<InProject> {
  const uri = pathToFileURL(join(top, "service", API)).href;
  const home = (await projects.homeOf(uri)) as InProject;
  home.project.edited({ uri, path: home.path, version: 1, text, edit: 1 });
  return home;
}

async function reading({ project }: InProject) {
  const found = await project.current();
  if (found.kind === "failed") throw new Error(found.message);
  return found;
}

/** What is shown after a quiet moment, by the path below the folder of both repositories. */
async function shown({ project }: InProject): Promise<readonly (readonly string[])[]> {
  await clock.pass(200);
  await project.current();
  await settled();
  return published.map(({ uri, diagnostics }) => [
    uri.slice(pathToFileURL(top).href.length + 1),
    ...diagnostics.map(({ message }) => (typeof message === "string" ? message : message.value)),
  ]);
}

test("a service sees its own problems, and that errors of the platform's repository hide a part, but not those errors", async () => {
  const home = await edited(TEXT.replace("[write]", "[wrte]"));

  expect(await shown(home)).toEqual([
    [
      `service/${API}`,
      "The platform's repository has 2 errors: what they declare is not known here",
      expect.stringMatching(/^unknown value "wrte"/),
    ],
  ]);
});

test("a finding of a rule of the platform has the same fix as in the platform's repository", async () => {
  const { problems, analysis } = await reading(await edited(TEXT));

  const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

  expect(problems.map(({ problem }) => problem.code)).toContain("BND-002");
  expect(quickFixes(problems, range, analysis).map(({ title }) => title)).toEqual(["BND-002: remove line 8"]);
});

test("a definition leads into the checkout of the platform, and the hover names the repository", async () => {
  const home = await edited(TEXT);
  const { analysis } = await reading(home);
  const account = placeOf(TEXT, "[pr|od]");

  const found = definitionAt(analysis, home.file, account);

  expect(found && home.project.uriOf(found.file)).toBe(
    pathToFileURL(join(top, "permissions/platform/accounts.yaml")).href,
  );
  expect(found?.place.line).toBe(3);
  expect(JSON.stringify(hoverAt(analysis, home.file, account)?.contents)).toContain(
    "`platform/accounts.yaml:3` of the platform's repository",
  );
});

test("a function that this service declares is found in its own folder, by the path of its repository", async () => {
  const other = `${functionText("jobs")}  dependsOn: [api]\n`;
  const home = await edited(TEXT);
  await save("service/deploy/permissions/more/jobs.yaml", other);
  home.project.filesChanged();
  const { analysis } = await reading(home);
  const at = placeOf(other, "[a|pi]");
  const file = "orders//deploy/permissions/more/jobs.yaml";

  const found = definitionAt(analysis, file, at);

  expect(found && home.project.uriOf(found.file)).toBe(pathToFileURL(join(top, "service", API)).href);
  expect(JSON.stringify(hoverAt(analysis, file, at)?.contents)).toContain(`declared in \`${API}:`);
});

test("after a change of the platform's checkout the problems are those of the new one", async () => {
  const home = await edited(TEXT);
  await reading(home);
  const accounts = NARROW_PLATFORM_FILES["platform/accounts.yaml"] ?? "";
  await save("permissions/platform/accounts.yaml", accounts.replace("name: prod", "name: production"));
  home.project.filesChanged();

  const { problems } = await reading(home);

  expect(problems.map(({ problem }) => problem.code)).toContain("unknown-account");
});

test("a checkout of the platform that is gone is shown, and nothing is judged without it", async () => {
  const home = await edited(TEXT);
  await rm(join(top, "permissions"), { recursive: true });
  home.project.filesChanged();

  expect(await shown(home)).toEqual([
    [`service/${API}`, expect.stringMatching(/^--platform: .*permissions does not exist\nhint: /)],
  ]);
});

test("documents of the checkout are left alone, and others are named as not checked", async () => {
  const homeOf = (path: string): Promise<DocumentHome> =>
    projects.homeOf(pathToFileURL(join(top, path)).href);

  expect(await homeOf("permissions/platform/accounts.yaml")).toEqual({ kind: "elsewhere" });
  expect(await homeOf("service/other/api.yaml")).toMatchObject({
    kind: "unchecked",
    message: expect.stringMatching(/^not checked: .*namespace orders in .*deploy\/permissions alone/),
  });
});
