import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { known, notCalled, type Estate } from "../../../src/adopt/estate/estate.ts";
import { saveEstates } from "../../../src/workbench/import/saved/estate-file.ts";
import { estate, estateFunction, estateIam, estateRole } from "./estate.ts";
import { ESTATE_ACCOUNT_TEXT } from "./import.ts";
import { grantStatements, policyText } from "./policies.ts";
import { cli, type CliRun } from "../screens/cli.ts";

export const ORDERS_API = estateFunction("orders-api");

export const READ_POLICY = policyText(grantStatements("dynamodb", { table: "orders", allow: ["read"] }));

/** Two functions of `orders`, of which one was not read completely, and one of `search`. */
export const ESTATE = estate({
  functions: [
    ORDERS_API,
    estateFunction("orders-job", { policies: new Map([["", notCalled("lambda:GetPolicy")]]) }),
    estateFunction("search-api"),
  ],
  iam: known(
    estateIam(
      ["orders-api", "orders-job", "search-api"].map((name) =>
        estateRole(`${name}-role`, {
          inline: [{ name: "app", text: READ_POLICY }],
          lastUsedAtMs: Date.UTC(2026, 10, 27),
        }),
      ),
    ),
  ),
});

const RULES = "rules:\n  - { prefix: orders-, namespace: orders }\n";

/** A folder with the repository of the platform, and rules for the functions of `orders`. */
export async function importFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "gk-import-"));
  await mkdir(join(root, "repository/platform"), { recursive: true });
  await writeFile(join(root, "repository/platform/accounts.yaml"), ESTATE_ACCOUNT_TEXT);
  await writeFile(join(root, "rules.yaml"), RULES);
  return root;
}

/** Runs `import` on an estate, with the folder left out of what it prints. */
export async function importing(
  root: string,
  more: readonly string[],
  read: Estate = ESTATE,
): Promise<CliRun> {
  await saveEstates(join(root, "estate.json"), [read]);
  const from = ["--from", join(root, "estate.json"), "--dir", join(root, "repository")];
  const { code, out, err } = await cli(["import", "orders-prod", ...from, ...more]);
  return { code, out: out.replaceAll(root, ""), err: err.replaceAll(root, "") };
}

export const byRules = (root: string) => importing(root, ["--namespace-rules", join(root, "rules.yaml")]);

export const importedFile = (root: string, path: string): Promise<string> =>
  readFile(join(root, "repository", path), "utf8");
