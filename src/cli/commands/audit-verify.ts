import { readFile } from "node:fs/promises";
import { parsePublicKeys, type Checkpoint, type VerificationKey } from "../../audit/checkpoint.ts";
import { verifyExport, verifyLinks, type VerifyReport } from "../../audit/verification/verify.ts";
import { verifyRecord } from "../../audit/verification/verify-record.ts";
import { CliError, unreadableFile } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { readAnchors } from "../history/anchor-file.ts";
import { fileLines, largeFileLinks } from "../history/export-file.ts";
import { inThreads } from "../toolbox/in-threads.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addLocalOptions, type LocalOptions } from "../toolbox/options.ts";
import { show } from "../screen/print.ts";
import { withProgress } from "../screen/progress.ts";
import { verifyLines } from "../history/verification.ts";
import type { AuditReader } from "../../controller/ports/audit-log.ts";
import type { Installation, Toolbox } from "../toolbox/toolbox.ts";

interface VerifyOptions extends LocalOptions {
  readonly publicKey?: string;
  readonly anchors?: string;
  readonly period?: true;
}

export const auditVerify: CliCommand<VerifyOptions> = {
  name: "audit verify",
  summary: "prove that the record is complete and unchanged",
  description:
    "Verifies the record, and shows what it proves and what it does not. EXPORT is a file that `audit export` wrote, or - for standard input; without it, the record in the state directory is read. Keep the public key and the external copies of checkpoints where the host can't change them, and name them here: files next to the record prove little.",
  examples: [
    ["grantkeeper audit verify --config grantkeeper.yaml", "the record of this machine"],
    [
      "grantkeeper audit verify audit.jsonl --public-key key.pem --anchors a.jsonl",
      "an export, with the evidence that was kept elsewhere",
    ],
    ["grantkeeper audit verify --period september.jsonl", "a part of the record"],
  ],
  define: (command) => {
    addLocalOptions(command.argument("[export]", "a file, or - for standard input"))
      .option("--public-key <file>", "PEM with the public keys that may have signed")
      .option("--anchors <file>", "the external copies of checkpoints, one in each line")
      .option("--period", "the export is a part of the record: it need not begin with entry 1");
  },
  run: async ({ args: [file], options, toolbox }) => {
    const own = file === undefined ? await ownRecord(options, toolbox) : null;
    try {
      const publicKeys = await publicKeysOf(options, own);
      const anchors = await anchorsOf(options, own, toolbox);
      const extent = options.period === true ? "period" : "whole";
      const evidence = { publicKeys, anchors, extent } as const;
      const verify = (): Promise<VerifyReport> =>
        own === null ? verifyFile(file ?? "-", evidence, toolbox) : verifyOwn(own, evidence);
      const report = await withProgress("verifying", toolbox, verify);
      await show({ value: report, lines: (layout) => verifyLines(report, layout) }, options.output, toolbox);
      return report.verdict === "intact" ? 0 : 3;
    } finally {
      own?.reader.close();
    }
  },
};

type VerifyEvidence = Omit<Parameters<typeof verifyLinks>[0], "links">;

async function verifyFile(file: string, evidence: VerifyEvidence, toolbox: Toolbox): Promise<VerifyReport> {
  const links = await largeFileLinks(file);
  if (links !== null) return verifyLinks({ links, ...evidence });
  return verifyExport({ lines: fileLines(file, toolbox), ...evidence });
}

function verifyOwn({ reader, installation }: OwnRecord, evidence: VerifyEvidence): Promise<VerifyReport> {
  const links = () => reader.links(inThreads);
  return verifyRecord({ ...reader, links, confirmed: () => installation.newestEntry() }, evidence);
}

/** The record of the state directory, with the keys and copies next to it. */
interface OwnRecord {
  readonly reader: AuditReader;
  readonly installation: Installation;
}

async function ownRecord(options: VerifyOptions, toolbox: Toolbox): Promise<OwnRecord> {
  const installation = await requireInstallation(options, toolbox);
  return { reader: await installation.audit(), installation };
}

async function publicKeysOf(
  { publicKey }: VerifyOptions,
  own: OwnRecord | null,
): Promise<readonly VerificationKey[]> {
  const pem =
    publicKey === undefined
      ? ((await own?.installation.auditPublicKeys()) ?? null)
      : await readText(publicKey);
  if (pem === null) return [];
  const keys = parsePublicKeys(pem);
  if (keys.kind === "ok") return keys.value;
  throw new CliError(
    `${publicKey ?? "the public key in the state directory"}: ${keys.error}`,
    "audit-key.pub.pem of the state directory is one",
  );
}

async function anchorsOf(
  { anchors }: VerifyOptions,
  own: OwnRecord | null,
  toolbox: Toolbox,
): Promise<readonly Checkpoint[]> {
  const text =
    anchors === undefined ? ((await own?.installation.auditAnchors()) ?? null) : await readText(anchors);
  return text === null ? [] : readAnchors(text, anchors ?? "audit-anchors.jsonl", toolbox);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
}
