import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ESTATE_ACCOUNT_TEXT } from "../../../support/adopt/import.ts";
import { importFolder, importing } from "../../../support/adopt/import-command.ts";

const ACCOUNTS = "platform/accounts.yaml";

let root: string;
beforeEach(async () => {
  root = await importFolder();
});
afterEach(() => rm(root, { recursive: true }));

async function importWith(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, "repository", path, ".."), { recursive: true });
    await writeFile(join(root, "repository", path), text);
  }
  return importing(root, ["--namespace", "orders"]);
}

/** Nothing is known of an account whose document has an error: it may be declared, or not. */
describe("import does not state that no manifest declares an account if a document with an error may declare it", () => {
  test.each([
    {
      because: "its own document has an error, which is shown",
      files: { [ACCOUNTS]: ESTATE_ACCOUNT_TEXT.replace("mode: observe", "mode: obsrve") },
      message: /AwsAccount "orders-prod" at platform\/accounts\.yaml:1 has an error: \d+:\d+: .*obsrve/,
    },
    {
      because: "another document has an error, and its name is not the question for an id",
      files: { [ACCOUNTS]: ESTATE_ACCOUNT_TEXT.replace("orders-prod", "Orders Prod!") },
      message: /declares account "orders-prod"; one with an error may declare it: platform\/accounts\.yaml/,
    },
    {
      because: "a file of the platform cannot be parsed",
      files: { [ACCOUNTS]: "kind: [AwsAccount\n" },
      message: /declares account "orders-prod"; one with an error may declare it: platform\/accounts\.yaml/,
    },
  ])("$because", async ({ files, message }) => {
    const { code, err } = await importWith(files);

    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toContain("no manifest declares");
  });

  test("a file of a team declares no account, so its errors change nothing", async () => {
    const other = ESTATE_ACCOUNT_TEXT.replace("orders-prod", "shop-prod");

    const { code, err } = await importWith({ [ACCOUNTS]: other, "teams/shop/broken.yaml": "kind: [x\n" });

    expect(code).toBe(1);
    expect(err).toContain('no manifest declares account "orders-prod"');
    expect(err).toContain("valid values: shop-prod");
  });
});
