import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { TextDocumentEdit } from "vscode-languageserver";
import { accountText, functionText, NARROW_PLATFORM_FILES } from "../../support/manifests.ts";
import { EditorClient } from "../../support/language/editor-client.ts";

const API = "teams/orders/api.yaml";
const GRANTS = "  grants: [{dynamodb: {table: orders, allow: [reed]}}]\n";
const TEXT = functionText("api", GRANTS);
const MISTAKE = { line: 5, character: TEXT.split("\n")[5]?.indexOf("reed") ?? 0 };

let root: string;
let client: EditorClient;
const uriOf = (path: string): string => pathToFileURL(join(root, path)).href;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-language-"));
  for (const [path, text] of Object.entries({ ...NARROW_PLATFORM_FILES, [API]: TEXT }))
    await save(path, text);
  client = new EditorClient(root);
});

afterEach(async () => {
  client.kill();
  for (const folder of [root, `${root}-more`]) await rm(folder, { recursive: true, force: true });
});

async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, `${path}~`), text);
  await rename(join(root, `${path}~`), join(root, path));
}

test("an editor sees a mistake, fixes it, asks, and ends the server", async () => {
  const uri = uriOf(API);
  const before = await readdir(root, { recursive: true });
  expect(await client.initialize(root)).toMatchObject({
    serverInfo: { name: "grantkeeper" },
    capabilities: { hoverProvider: true, definitionProvider: true, textDocumentSync: { change: 2 } },
  });

  // The mistake, and its fix.
  await client.open(uri, TEXT);
  expect(await client.problems(uri)).toMatchObject({
    version: 1,
    diagnostics: [{ code: "unknown-value", range: { start: MISTAKE } }],
  });
  const [fix] = (await client.codeActions(uri, { start: MISTAKE, end: MISTAKE })) ?? [];
  const [edited] = (fix?.edit?.documentChanges ?? []) as readonly TextDocumentEdit[];
  expect(fix?.title).toBe("Change reed to read");
  expect(edited?.textDocument).toEqual({ uri, version: 1 });
  await client.change(
    uri,
    2,
    (edited?.edits ?? []).map((edit) => ({ range: edit.range, text: "newText" in edit ? edit.newText : "" })),
  );
  expect(await client.problems(uri)).toEqual({ uri, version: 2, diagnostics: [] });

  // Questions about the text that is not saved.
  const hover = await client.hover(uri, MISTAKE);
  expect(JSON.stringify(hover?.contents)).toContain("`arn:aws:dynamodb:eu-west-1:222222222222:table/orders`");
  const account = { line: 4, character: TEXT.split("\n")[4]?.indexOf("prod") ?? 0 };
  expect(await client.definition(uri, account)).toMatchObject({ uri: uriOf("platform/accounts.yaml") });

  // A folder that the editor adds.
  const file = `../${basename(root)}-more/teams/search/index.yaml`;
  await save(file, TEXT);
  const other = uriOf(file);
  await client.open(other, TEXT);
  await client.changeFolders({ added: `${root}-more` });
  expect(await client.problems(other)).toMatchObject({
    version: 1,
    diagnostics: [{ code: "unknown-value" }],
  });

  // Another file changes on the disk.
  await save("platform/accounts.yaml", accountText("production", "222222222222"));
  expect(await client.problems(uri)).toMatchObject({
    version: 2,
    diagnostics: [{ code: "unknown-account" }],
  });

  expect(await client.end()).toBe(0);
  expect(await client.errors).toBe("");
  expect(await readdir(root, { recursive: true })).toEqual(before);
});

test("documents elsewhere, hostile texts and a folder that vanishes are answered, and the server goes on", async () => {
  const uri = uriOf(API);
  await client.initialize(root);

  for (const other of [
    "file:///etc/hosts.yaml",
    uriOf("../outside/teams/a.yaml"),
    "untitled:one",
    "file://host/a.yaml",
    uriOf("README.md"),
  ]) {
    await client.open(other, TEXT);
    expect(await client.hover(other, MISTAKE)).toBeNull();
    expect(await client.codeActions(other, { start: MISTAKE, end: MISTAKE })).toBeNull();
  }
  await client.open(uri, `${TEXT}# ${"x".repeat(10_485_760)}`);
  expect(await client.problems(uri)).toMatchObject({ diagnostics: [{ code: "too-large" }] });
  await client.change(uri, 2, [{ text: TEXT }]);
  expect(await client.problems(uri)).toMatchObject({ version: 2, diagnostics: [{ code: "unknown-value" }] });
  await client.change(uri, 3, [
    { range: { start: { line: 900, character: 9 }, end: { line: 9_000, character: 0 } }, text: "\n# end" },
  ]);
  expect(await client.hover(uri, { line: 9_000, character: 1 })).toBeNull();

  await rename(join(root, "teams"), join(root, "gone"));
  await rename(join(root, "platform"), join(root, "also-gone"));
  for (;;) {
    const { diagnostics } = await client.problems(uri);
    if (diagnostics.some(({ code }) => code === "unreadable")) break;
  }

  // An editor that is gone, and did not ask for the end.
  client.process.stdin.end();
  expect(await client.ended).toBe(1);
  expect(await client.errors).not.toContain("    at ");
});

test("a folder that the editor removes has no problems, and no text that was not saved when it is added again", async () => {
  const [uri, jobs] = [uriOf(API), uriOf("teams/orders/jobs.yaml")];
  const correct = TEXT.replace("reed", "read");
  await save(API, correct);
  await client.initialize(root);
  await client.open(uri, TEXT);
  expect(await client.problems(uri)).toMatchObject({ diagnostics: [{ code: "unknown-value" }] });

  await client.changeFolders({ added: `${root}-more`, removed: root });
  expect(await client.problems(uri)).toMatchObject({ diagnostics: [] });
  await client.close(uri);
  await client.changeFolders({ added: root });
  await client.open(jobs, functionText("jobs", GRANTS));

  expect(await client.problems(jobs)).toMatchObject({ diagnostics: [{ code: "unknown-value" }] });
  expect(client.shownOf(uri)).toEqual([]);
});

test("in the repository of a service, the platform's part is read from its checkout and followed", async () => {
  client.kill();
  const platform = `${root}-more`;
  for (const [path, text] of Object.entries(NARROW_PLATFORM_FILES))
    await save(join("..", basename(platform), path), text);
  await save("deploy/api.yaml", TEXT);
  client = new EditorClient(root, ["deploy", "--platform", platform, "--namespace", "orders"]);
  const uri = uriOf("deploy/api.yaml");
  await client.initialize(root);

  await client.open(uri, TEXT);
  expect(await client.problems(uri)).toMatchObject({ version: 1, diagnostics: [{ code: "unknown-value" }] });
  const account = { line: 4, character: TEXT.split("\n")[4]?.indexOf("prod") ?? 0 };
  const accounts = pathToFileURL(join(platform, "platform/accounts.yaml")).href;
  expect(await client.definition(uri, account)).toMatchObject({ uri: accounts });
  await client.change(uri, 2, [{ text: TEXT.replace("reed", "read") }]);
  expect(await client.problems(uri)).toMatchObject({ version: 2, diagnostics: [] });
  await save(
    join("..", basename(platform), "platform/accounts.yaml"),
    accountText("production", "222222222222"),
  );
  expect(await client.problems(uri)).toMatchObject({
    diagnostics: [{ code: "unknown-account" }],
  });
});

test("a manifest that is in no project shows what is not known of it, until it is another program's text", async () => {
  const uri = uriOf("../outside/api.yaml");
  await client.initialize(join(root, ".."));

  await client.open(uri, TEXT);
  expect(await client.problems(uri)).toMatchObject({
    diagnostics: [{ code: "not-known", severity: 3, message: expect.stringContaining("--platform FOLDER") }],
  });
  await client.change(uri, 2, [{ text: "services: {}\n" }]);
  expect(await client.problems(uri)).toMatchObject({ diagnostics: [] });
});

test("another protocol ends the server with an error, without a stack", async () => {
  client.process.stdin.end("GET / HTTP/1.1\r\n\r\n{");

  expect(await client.ended).toBe(1);
  expect(await client.errors).not.toContain("    at ");
});
