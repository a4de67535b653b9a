/**
 * node bin/launch.mjs tools/release/write-package-documents.ts FILE.tgz: writes the bill of materials and the provenance of
 * the package's file next to it. A step of tools/release/build.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { readPagePackages } from "../page/bundled-packages.ts";
import { packageProvenance, packageSbom } from "./documents.ts";
import { releaseFacts } from "./facts.ts";

const [file = ""] = process.argv.slice(2);
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
const facts = releaseFacts(process.env["SOURCE_DATE_EPOCH"] ?? "");
const npm = execFileSync("npm", ["sbom", "--sbom-format=cyclonedx", "--omit=dev"], {
  encoding: "utf8",
  maxBuffer: 64_000_000,
});
const documents = {
  "sbom.cdx.json": packageSbom(JSON.parse(npm) as Parameters<typeof packageSbom>[0], {
    facts,
    page: readPagePackages("dist/page/page.json"),
    sha256: sha256(file),
  }),
  "provenance.json": packageProvenance(
    facts,
    { name: basename(file), sha256: sha256(file) },
    sha256("package-lock.json"),
  ),
};
for (const [name, document] of Object.entries(documents))
  writeFileSync(`${file.replace(/\.tgz$/, "")}.${name}`, `${JSON.stringify(document, null, 2)}\n`);
