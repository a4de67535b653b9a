import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { MergePreviewObject, MergeQuestion } from "../../../src/api/questions.ts";
import type { reviewValue } from "../../../src/workbench/review/value.ts";
import type { Files } from "../../../demo/manifests.ts";
import { HttpReceiver } from "../../support/alerts/http-receiver.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { manifests, READ_ORDERS, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { git } from "../../support/git/git-repository.ts";
import { AskedController, ASKED_ACCOUNT } from "../../support/screens/asked-controller.ts";
import { cli } from "../../support/screens/cli.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { writeManifests } from "../../support/screens/plan-command.ts";

const A = "teams/orders/a.yaml";
const A_KEY = `function/${ASKED_ACCOUNT}/eu-west-1/orders/a`;
const BASE = manifests({ a: READ_ORDERS });
const WRITES = manifests({ a: WRITE_ORDERS })[A] ?? "";
const EVERYTHING = {
  name: "everything",
  text: '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
};

const ESCALATING = `  statements:
    - reason: x
      statement: {Effect: Allow, Action: "iam:PassRole", Resource: "*"}
`;

let asked: AskedController;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-merge-preview-"));
  asked = await AskedController.start();
  await commitTo("main", BASE);
});
afterEach(async () => {
  await asked.stop();
  await rm(root, { recursive: true });
});

async function commitTo(branch: string, files: Files): Promise<void> {
  await git(
    root,
    branch === "main"
      ? ["init", "--quiet", "--initial-branch", branch]
      : ["checkout", "--quiet", "-b", branch],
  );
  await writeManifests(root, files);
  await git(root, ["add", "--all"]);
  await git(root, ["commit", "--quiet", "--allow-empty", "-m", branch]);
}

const reviewed = async (files: Files, ...more: readonly string[]) => {
  await commitTo("topic", files);
  return asked.run(["review", root, "--base", "main", "--head", "topic", ...more]);
};

async function preview(files: MergeQuestion["files"], token?: string) {
  const { json, status } = await asked.server.post("/mergepreviews", { files }, token);
  return { status, preview: (json as unknown as MergePreviewObject).status, text: JSON.stringify(json) };
}

/** What AWS has, and how many entries the record has. */
async function traces(): Promise<unknown> {
  const { entries } = await asked.fake.control.history({
    key: null,
    namespace: null,
    before: null,
    limit: 500,
  });
  return { entries: entries.length, role: asked.role(), revision: asked.fake.source };
}

describe("a review that asks the controller", () => {
  test("shows the calls after the merge, and makes none", async () => {
    const before = await traces();

    const { out, code } = await reviewed({ [A]: WRITES });

    expect(out).toMatch(
      /IN AWS AFTER THE MERGE\napplied on top of main@[0-9a-f]{7}, which is in force\nAWS was read at /,
    );
    expect(out).toContain("12:05:00Z or later\norders/a@prod/eu-west-1: 1 call: iam:PutRolePolicy\n");
    expect(out).toContain("in force, and this branch begins at another commit");
    expect(out).toContain("\nThe manifests were compared without AWS\n");
    expect(out).not.toContain("AWS was not read");
    expect(code).toBe(0);
    expect(await traces()).toEqual(before);
  });

  test("shows what differs in AWS and who stopped the writes, and does not merge that by itself", async () => {
    await asked.suspend();
    asked.changeRole({ inline: [...asked.role().inline, EVERYTHING] });
    await asked.sweep();

    const { out } = await reviewed({ [A]: WRITES });

    expect(out).toContain("none while it is suspended (dana: INC-1)");
    expect(out).toContain('differs: + all actions all resources by policy "everything", not declared');
    expect(out).toContain("suspended, so that nothing is written: orders/a@prod/eu-west-1");
  });

  test("shows during a rollback that nothing is applied before it ends, and does not merge by itself", async () => {
    const until = await asked.rollBack(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), "INC-2");

    const { out } = await reviewed({ [A]: WRITES });
    await asked.fake.clock.pass(3_600_000);
    await settled();
    const after = await asked.run(["review", root, "--base", "main", "--head", "topic"]);

    expect(out).toContain('not applied yet: a rollback of the source by dana ("INC-2") keeps main@');
    expect(out).toContain(`${until}, or until an operator ends it; other changes that wait for its end`);
    expect(out).toContain(`a rollback is in force until ${until}: nothing is applied before`);
    expect(out).not.toContain("applied on top of");
    expect(after.out).toContain("applied on top of");
    expect(after.out).not.toContain("rollback");
  });

  test("has the same in JSON and Markdown", async () => {
    const { out } = await reviewed({ [A]: WRITES }, "-o", "json");
    const { live } = JSON.parse(out) as { readonly live: MergePreviewObject["status"] };

    expect(live.changes.map(({ key, mode, notJudged }) => [key, mode, notJudged])).toEqual([
      [A_KEY, "enforce", null],
    ]);
    const markdown = await asked.run(["review", root, "--base", "main", "--head", "topic", "-o", "markdown"]);
    expect(markdown.out).toContain(
      "- <code>orders/a&#64;prod/eu-west-1&#58; 1 call&#58; iam&#58;PutRolePolicy</code>",
    );
  });

  test.each([
    {
      name: "more manifests than the controller takes",
      files: () =>
        Object.fromEntries(
          Array.from({ length: 1_000 }, (_, at) => [`teams/orders/n${at}.yaml`, "# a note\n"]),
        ),
      why: "1001 manifests differ, and the controller takes at most 1000",
    },
    {
      name: "more bytes than the controller takes",
      files: () =>
        Object.fromEntries(
          Array.from({ length: 6 }, (_, at) => [`teams/orders/n${at}.yaml`, `# ${"n".repeat(900_000)}\n`]),
        ),
      why: /5400\d\d\d bytes of manifests differ, and the controller takes at most 4194304/,
    },
  ])("compares the manifests alone if there are $name", async ({ files, why }) => {
    const { out, code } = await reviewed({ [A]: WRITES, ...files() }, "-o", "json");
    const review = JSON.parse(out) as ReturnType<typeof reviewValue>;

    expect(code).toBe(0);
    expect(review).toMatchObject({
      live: null,
      notPreviewed: expect.stringMatching(why),
      autoMergeable: false,
    });
    expect(review.whyNot).toContainEqual({ code: "not-read", reason: review.notPreviewed });
  });

  test("compares the manifests alone if a proxy before the controller takes no request of the size", async () => {
    const proxy = await HttpReceiver.start();
    proxy.answer = (response) => response.writeHead(413).end("<html>413</html>");
    await commitTo("topic", { [A]: WRITES });

    const names = ["--base", "main", "--head", "topic", "--server", proxy.url];
    const { out, code } = await cli(["review", root, ...names]);

    await proxy.end();
    expect(code).toBe(0);
    expect(out).toContain(
      "not previewed: too large to preview: a proxy before the controller takes no request",
    );
  });

  test("asks nothing if no manifest changes", async () => {
    await asked.server.close();

    const { out, code } = await reviewed({});

    expect(code).toBe(0);
    expect(out).not.toContain("IN AWS");
    await asked.serve();
  });

  test("ends with the cause if the controller does not answer", async () => {
    await asked.server.close();

    const { err, code } = await reviewed({ [A]: WRITES });

    expect(code).toBe(4);
    expect(err).toContain(asked.server.url);
    await asked.serve();
  });
});

describe("a merge preview", () => {
  const withText = (text: string | null, path = A) => [{ path, text }];

  test.each([
    { name: "a removed file", files: withText(null), has: "its deletionPolicy is retain" },
    { name: "a manifest that cannot be used", files: withText("kind: Nothing\n"), has: "cannot be used" },
    {
      name: "a statement that a rule refuses",
      files: withText(`${WRITES}${ESCALATING}`),
      has: '"kind":"refuse"',
    },
  ])("is of $name", async ({ files, has }) => {
    const { status, preview: found, text } = await preview(files);

    expect(status).toBe(200);
    expect(found.changes.map(({ key }) => key)).toEqual([A_KEY]);
    expect(text).toContain(has);
  });

  test("names an account that changes, whose functions are all judged again", async () => {
    const accounts = BASE["platform/accounts.yaml"] ?? "";
    const { preview: found } = await preview(
      withText(accounts.replace("mode: enforce", "mode: observe"), "platform/accounts.yaml"),
    );

    expect(found.beyond).toEqual(["account prod changes: all that it has is judged again after the merge"]);
  });

  test("of a file that no source reads is refused", async () => {
    const paths = [
      "README.md",
      "other/a.yaml",
      "teams//a.yaml",
      "teams/orders/a\u0000.yaml",
      "teams/orders/../../platform/a.yaml",
      "teams/a.yaml/",
    ];

    const answers = await Promise.all(paths.map((path) => preview(withText(WRITES, path))));

    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 422));
  });

  test("for a token of one team has no words about another, and no plan for a role of another owner", async () => {
    const until = new Date(asked.fake.clock.nowMs() + 3_600_000).toISOString();
    const scope = { accountId: ASKED_ACCOUNT, namespace: null, key: null };
    const reason = "see teams/payments/ledger.yaml";
    await asked.fake.control.suspend({ scope, reason, until }, "dana");
    const tags = asked
      .role()
      .tags.map((tag) => (tag.key.endsWith("owner") ? { ...tag, value: "search/other" } : tag));
    asked.changeRole({ tags });
    await asked.sweep();

    const { preview: found } = await preview(withText(WRITES), ORDERS_TOKEN);

    expect(found.changes.map(({ suspended }) => suspended)).toEqual(["dana: see (another namespace)"]);
    expect(found.changes.map(({ found: seen }) => seen?.plan)).toEqual([null]);
  });

  test("for a token of one team is of its own files, and shows no role that the team has not declared", async () => {
    const foreign = await preview(withText(WRITES, "teams/search/a.yaml"), ORDERS_TOKEN);
    const platform = await preview(withText("", "platform/teams.yaml"), ORDERS_TOKEN);
    const own = await preview(withText(WRITES), ORDERS_TOKEN);
    const probing = await preview(
      withText(WRITES.replace("spec:\n", "spec:\n  role: {name: legacy-admin}\n")),
      ORDERS_TOKEN,
    );

    expect([foreign.status, platform.status]).toEqual([403, 403]);
    expect(own.preview.changes.map(({ found }) => found?.plan?.actions.length)).toEqual([1]);
    expect(probing.preview.changes.map(({ found, notJudged }) => [found, notJudged])).toEqual([
      [
        null,
        expect.stringContaining("role/grantkeeper/legacy-admin: nothing in force of the namespace has it"),
      ],
    ]);
  });
});
