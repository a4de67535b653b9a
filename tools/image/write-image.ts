/** node bin/launch.mjs tools/image/write-image.ts FOLDER DEBIAN.tar APP.tar PAGE.json — the last step of deploy/image/build. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageSettings } from "./dockerfile.ts";
import { writeLayout } from "./oci-layout.ts";
import { releaseFacts } from "../release/facts.ts";
import { readPagePackages } from "../page/bundled-packages.ts";
import { imageProvenance, imageSbom, type BuiltImage } from "../release/documents.ts";

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", arm64: "arm64" };

const [folder = "", debian = "", app = "", page = ""] = process.argv.slice(2);
const facts = releaseFacts(process.env["SOURCE_DATE_EPOCH"] ?? "");
const architecture = ARCHITECTURES[process.arch];
if (architecture === undefined) throw new Error(`there is no image for ${process.arch}`);
const { digest, compressedBytes, unpackedBytes } = await writeLayout(join(folder, "image"), {
  settings: imageSettings(readFileSync("Dockerfile", "utf8")),
  architecture,
  layers: [
    { tar: debian, createdBy: "deploy/image/build: Debian packages" },
    { tar: app, createdBy: "deploy/image/app" },
  ],
  labels: {
    "org.opencontainers.image.title": "grantkeeper",
    "org.opencontainers.image.description": facts.description,
    "org.opencontainers.image.licenses": facts.license,
    "org.opencontainers.image.version": facts.version,
    "org.opencontainers.image.revision": facts.revision,
  },
  created: facts.created,
  tag: facts.version,
});
const built: BuiltImage = {
  facts,
  digest,
  architecture,
  debian: "13",
  packages: readFileSync(join(folder, "packages.tsv"), "utf8"),
};
const npm = execFileSync("npm", ["sbom", "--sbom-format=cyclonedx", "--omit=dev"], {
  encoding: "utf8",
  maxBuffer: 64_000_000,
});
const sbom = imageSbom(JSON.parse(npm) as Parameters<typeof imageSbom>[0], built, readPagePackages(page));
writeFileSync(join(folder, "sbom.cdx.json"), `${JSON.stringify(sbom, null, 2)}\n`);
writeFileSync(join(folder, "provenance.json"), `${JSON.stringify(imageProvenance(built), null, 2)}\n`);
const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
console.log(`${digest} ${architecture} ${mebibytes(compressedBytes)}, unpacked ${mebibytes(unpackedBytes)}`);
