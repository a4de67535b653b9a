import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** In CI the program must be there. */
export const HAS_PARSER = process.env["CI"] === "true" || spawnSync("xmllint", ["--version"]).status === 0;
if (!HAS_PARSER) console.warn("skipped: install Debian's libxml2-utils to read JUnit reports with a parser");

const SHAPE = fileURLToPath(new URL("../../fixtures/junit/report.dtd", import.meta.url));

/** What libxml2 finds wrong with the reports; "" if nothing. */
export function junitProblems(xml: string): string {
  const { status, stderr } = spawnSync("xmllint", ["--noout", "--nonet", "--dtdvalid", SHAPE, "-"], {
    input: xml,
    encoding: "utf8",
  });
  return status === 0 ? stderr : `exit code ${status}: ${stderr}`;
}
