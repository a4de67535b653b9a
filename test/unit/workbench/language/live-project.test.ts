import { beforeEach, describe, expect, test } from "@jest/globals";
import type { ReadFolder, Toolbox } from "../../../../src/cli/toolbox/toolbox.ts";
import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { RefusalReason } from "../../../../src/model/snapshot.ts";
import { LiveProject, type PublishedProblems } from "../../../../src/workbench/language/live-project.ts";
import { settingsOf } from "../../../../src/workbench/project/project.ts";
import { FakeClock, settled } from "../../../support/fakes/fake-clock.ts";
import { COMPILE_CONTEXT, functionText, NARROW_PLATFORM_FILES, NOW_MS } from "../../../support/manifests.ts";
import { TEST_CONFIG } from "../../../support/screens/cli.ts";

const API = "teams/orders/api.yaml";
const granting = (verb: string): string =>
  functionText("api", `  grants: [{dynamodb: {table: orders, allow: [${verb}]}}]\n`);

let clock: FakeClock;
let published: PublishedProblems[];
let reported: unknown[];
let edits = 0;
let disk: () => Promise<ReadFolder>;
/** The rules wait for it. */
let judged: Promise<undefined>;

beforeEach(() => {
  clock = new FakeClock(NOW_MS);
  published = [];
  reported = [];
  judged = Promise.resolve(undefined);
  disk = async () => folder({ [API]: granting("read") });
});

function folder(
  own: Readonly<Record<string, string>>,
  refused: readonly { readonly path: string; readonly reason: RefusalReason }[] = [],
): ReadFolder {
  const files = Object.entries({ ...NARROW_PLATFORM_FILES, ...own }).map(([path, text]) => ({
    path,
    oid: `${path} ${text}`,
    bytes: new TextEncoder().encode(text),
  }));
  const { revision } = COMPILE_CONTEXT;
  return { snapshot: { source: "main", revision, files, refused, uncommitted: true }, skipped: [] };
}

function project(): LiveProject {
  const actionData = new IamActionData();
  const toolbox = {
    clock,
    signal: new AbortController().signal,
    actionData: async () => {
      await judged;
      return actionData;
    },
  } as unknown as Toolbox;
  const settings = { ...settingsOf(TEST_CONFIG), instance: null };
  return new LiveProject({
    folder: {
      root: "/project",
      watched: [],
      read: async () => ({ own: await disk(), settings }),
      nameOf: (path) => path,
      locate: (name) => `/project/${name}`,
    },
    toolbox,
    publish: (problems) => void published.push(problems),
    report: (error) => void reported.push(error),
  });
}

function edit(at: LiveProject, version: number, text: string, file = API): void {
  edits += 1;
  at.edited({ uri: `file:///project/${file}`, path: file, version, text, edit: edits });
}

/** Until what can go on has gone on, with the reading of the action data from the disk. */
async function quiet(at: LiveProject): Promise<void> {
  await clock.pass(200);
  await at.current();
  await settled();
}

const firstLine = (message: string | { readonly value: string }): string | undefined =>
  (typeof message === "string" ? message : message.value).split("\n")[0];

const shown = (): unknown =>
  published.map(({ uri, version, diagnostics }) => [
    uri.replace("file:///project/", ""),
    version,
    ...diagnostics.map(({ message }) => firstLine(message)),
  ]);

describe("while a document is edited", () => {
  test("only the newest text is shown, after a quiet moment", async () => {
    const live = project();
    edit(live, 1, granting("reed"));
    edit(live, 2, granting("rad"));
    await clock.pass(199);
    expect(published).toEqual([]);
    edit(live, 3, granting("red"));
    await clock.pass(199);
    expect(published).toEqual([]);

    await quiet(live);

    expect(shown()).toEqual([[API, 3, expect.stringMatching(/^unknown value "red"/)]]);
    expect(reported).toEqual([]);
  });

  test("what became stale during the reading is never shown, and the newer text waits for its quiet moment", async () => {
    const judging = Promise.withResolvers<undefined>();
    judged = judging.promise;
    const live = project();
    edit(live, 1, granting("read, scan"));
    await clock.pass(200);
    edit(live, 2, granting("rad"));
    judging.resolve(undefined);
    await live.current();
    await settled();
    expect(published).toEqual([]);

    await quiet(live);

    expect(shown()).toEqual([[API, 2, expect.stringMatching(/^unknown value "rad"/)]]);
  });

  test("a question is answered about the present text, before the quiet moment", async () => {
    const live = project();
    edit(live, 1, granting("reed"));
    const first = live.current();
    edit(live, 2, granting("write"));

    expect(await first).toMatchObject({ kind: "read", problems: [] });
  });

  test("a correct text clears the problems, and an equal answer is not sent again", async () => {
    const live = project();
    edit(live, 1, granting("reed"));
    await quiet(live);
    edit(live, 2, granting("read"));
    await quiet(live);
    live.filesChanged();
    await quiet(live);

    expect(shown()).toEqual([
      [API, 1, expect.any(String)],
      [API, 2],
    ]);
  });

  test("a change of one document shows its problem in another file, and closing it takes that back", async () => {
    const live = project();
    const account = NARROW_PLATFORM_FILES["platform/accounts.yaml"] ?? "";
    edit(live, 1, account.replace("name: prod", "name: production"), "platform/accounts.yaml");
    await quiet(live);
    expect(shown()).toContainEqual([API, undefined, expect.stringMatching(/^unknown account "prod"/)]);

    published = [];
    live.closed("platform/accounts.yaml");
    await quiet(live);
    expect(shown()).toContainEqual([API, undefined]);
  });

  test("a rule's finding is shown as validate shows it", async () => {
    const live = project();
    edit(
      live,
      1,
      functionText(
        "api",
        '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: ["iam:PassRole"], Resource: "*"}\n',
      ),
    );
    await quiet(live);

    expect(published[0]?.diagnostics.map(({ code }) => code)).toContain("PASS-001");
  });

  test("a rule's finding has its corrected lines, of the text that is not saved", async () => {
    const live = project();
    const grants =
      "  grants:\n    - dynamodb: {table: orders, allow: [write]}\n    - sqs: {queue: a, allow: [send]}\n";
    edit(live, 1, functionText("api", grants));

    const reading = await live.current();
    const found = reading.kind === "read" ? reading : null;
    const problems = found?.problems.map(({ problem }) => problem) ?? [];

    expect(found?.analysis.correctedAt(problems)).toMatchObject([
      { file: API, line: 8, endLine: 8, after: null, corrects: [{ code: "BND-002" }] },
    ]);
  });
});

describe("hostile input is a problem at its file, and no failure", () => {
  test.each([
    { text: `${granting("read")}# ${"x".repeat(10_485_760)}`, message: /bytes|MiB|large/, because: "10 MB" },
    {
      text: `a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n`,
      message: /anchor|alias/i,
      because: "a bomb of aliases",
    },
    { text: "[".repeat(900_000), message: /parts|large|deep/, because: "brackets without an end" },
    { text: "\u0000\u0001", message: /./, because: "control characters" },
  ])("$because", async ({ text, message }) => {
    const live = project();
    edit(live, 1, text);
    await quiet(live);

    expect(reported).toEqual([]);
    expect(published[0]?.diagnostics[0]?.message).toMatch(message);
  });

  test("a folder that has vanished is shown at each open document, until it is there again", async () => {
    disk = async () => {
      throw new SourceError({ code: "unreadable", message: "the folder is gone", fix: "restore it" });
    };
    const live = project();
    edit(live, 1, granting("read"));
    await quiet(live);
    expect(shown()).toEqual([[API, 1, "the folder is gone"]]);
    expect(await live.current()).toMatchObject({ kind: "failed" });

    disk = async () => folder({});
    live.filesChanged();
    await quiet(live);
    expect(shown()).toEqual([
      [API, 1, "the folder is gone"],
      [API, 1],
    ]);
  });

  test("a link in place of a file is not replaced by the text of the editor", async () => {
    disk = async () => folder({}, [{ path: API, reason: "symlink" }]);
    const live = project();
    edit(live, 1, granting("reed"));
    await quiet(live);

    expect(shown()).toEqual([[API, 1, expect.stringMatching(/link/)]]);
  });

  test("an error that is a bug is reported, and the next change is answered", async () => {
    disk = async () => {
      throw new Error("a bug");
    };
    const live = project();
    edit(live, 1, granting("read"));
    await clock.pass(200);
    await settled();
    expect(reported).toEqual([new Error("a bug")]);

    disk = async () => folder({});
    live.filesChanged();
    await quiet(live);
    expect(shown()).toEqual([[API, 1]]);
  });
});
