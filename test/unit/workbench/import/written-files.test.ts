import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { known } from "../../../../src/adopt/estate/estate.ts";
import {
  customerManaged,
  estate,
  estateFunction,
  estateIam,
  estateRole,
} from "../../../support/adopt/estate.ts";
import { grantStatements } from "../../../support/adopt/policies.ts";
import { importFolder, importing, byRules, importedFile } from "../../../support/adopt/import-command.ts";

let root: string;
beforeEach(async () => {
  root = await importFolder();
});

afterEach(() => rm(root, { recursive: true }));

function functionsIn(json: string): readonly unknown[] {
  return (JSON.parse(json) as { readonly functions: readonly unknown[] }).functions;
}

const keptReason = (name: string): string => `teams/all/${name}.yaml exists with other content`;

describe("import", () => {
  test("repeated writes nothing, and keeps what people changed", async () => {
    await byRules(root);
    const changed = `${await importedFile(root, "teams/orders/orders-api.yaml")}  deletionPolicy: retain\n`;
    await writeFile(join(root, "repository/teams/orders/orders-api.yaml"), changed);

    const { out } = await byRules(root);

    expect(out).toContain(
      "3 functions: 0 imported, 0 of them proved equal, 1 declared, 1 unmatched, 1 unknown",
    );
    expect(out).toContain("0 files written, 0 unchanged");
    expect(await importedFile(root, "teams/orders/orders-api.yaml")).toBe(changed);
  });

  test("keeps a file of another folder that has other content and reports it", async () => {
    const out = join(root, "out");
    await mkdir(join(out, "teams/all"), { recursive: true });
    await writeFile(join(out, "teams/all/orders-api.yaml"), "mine\n");

    const first = await importing(root, ["--namespace", "all", "--out", out]);
    const second = await importing(root, ["--namespace", "all", "--out", out]);

    expect(first.out).toContain(
      "1 file written, 0 unchanged\nkept, with other content: teams/all/orders-api.yaml",
    );
    expect(second.out).toContain("0 files written, 1 unchanged\nkept, with other content");
    expect(await readFile(join(out, "teams/all/orders-api.yaml"), "utf8")).toBe("mine\n");
  });

  test("reports a function whose file was kept as blocked, and not as equal", async () => {
    const out = join(root, "out");
    await mkdir(join(out, "teams/all"), { recursive: true });
    await writeFile(join(out, "teams/all/orders-api.yaml"), "mine\n");

    const { out: text } = await importing(root, ["--namespace", "all", "--out", out, "-o", "json"]);

    expect(functionsIn(text)).toMatchObject([
      {
        function: "orders-api",
        outcome: "blocked",
        path: null,
        isProved: null,
        reason: keptReason("orders-api"),
      },
      { function: "orders-job", outcome: "unknown" },
      { function: "search-api", outcome: "written", isProved: true },
    ]);
  });

  test("writes no manifest that attaches a policy of which another file was kept", async () => {
    const policy = customerManaged("shared", grantStatements("sqs", { queue: "jobs", allow: ["send"] }));
    const roles = ["orders-api", "search-api"].map((name) =>
      estateRole(`${name}-role`, { inline: [], attachments: [policy[0]] }),
    );
    const functions = [estateFunction("orders-api")];
    const shared = estate({ functions, iam: known(estateIam(roles, { policies: new Map([policy]) })) });
    const out = join(root, "out");
    await mkdir(join(out, "platform/policies"), { recursive: true });
    await writeFile(join(out, "platform/policies/shared.yaml"), "mine\n");

    const { out: text } = await importing(root, ["--namespace", "all", "--out", out, "-o", "json"], shared);

    expect(functionsIn(text)).toMatchObject([
      { outcome: "blocked", reason: "platform/policies/shared.yaml exists with other content" },
    ]);
    await expect(readFile(join(out, "teams/all/orders-api.yaml"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("writes nothing through a link that replaces a folder, and keeps a link in place of a file", async () => {
    const [linked, out] = [join(root, "linked"), join(root, "out")];
    await mkdir(join(root, "elsewhere"));
    await mkdir(join(linked, "teams"), { recursive: true });
    await mkdir(join(out, "teams/all"), { recursive: true });
    await symlink(join(root, "elsewhere"), join(linked, "teams/all"));
    await symlink(join(root, "nowhere"), join(out, "teams/all/orders-api.yaml"));

    const folder = await importing(root, ["--namespace", "all", "--out", linked]);
    const link = await importing(root, ["--namespace", "all", "--out", out]);

    expect([folder.code, folder.err]).toEqual([
      1,
      expect.stringContaining("/linked/teams/all is a symbolic link: nothing is written through it"),
    ]);
    expect(await readdir(join(root, "elsewhere"))).toEqual([]);
    expect(await readdir(linked)).toEqual(["teams"]);
    expect(link.out).toContain("kept, with other content: teams/all/orders-api.yaml");
  });

  test("into another folder prints how its files come to the platform's, without which they mean nothing", async () => {
    const { out } = await importing(root, ["--namespace", "all", "--out", join(root, "it's out")]);

    expect(out.slice(out.indexOf("Next:"))).toBe(
      [
        "Next:",
        "  cp -R '/it'\\''s out'/. /repository",
        "  grantkeeper validate /repository",
        "  grantkeeper plan /repository --config FILE",
        "",
      ].join("\n"),
    );
  });

  test("leaves no draft behind", async () => {
    await byRules(root);

    expect(await readdir(join(root, "repository/teams/orders"))).toEqual(["orders-api.yaml"]);
  });
});
