import { arnsIn } from "../../model/aws/arns/arn-fields.ts";
import { createReadStream } from "node:fs";
import { Option, type Command } from "commander";
import type { DocumentContext, NormalDocument } from "../../iam/document.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { readStrictly } from "../../iam/check/grammar/read.ts";
import { parseAccountId, parsePartition } from "../../model/aws/ids.ts";
import type { Dialect } from "../../model/aws/policy-document.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { printNote } from "../../cli/screen/print.ts";
import { limitedBytes } from "../../cli/toolbox/standard-input.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

/** A document that was named on the command line. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
  readonly document: NormalDocument;
}

export interface OwnerOptions {
  readonly account?: string;
  readonly partition: string;
}

export interface DocumentOptions extends OutputOptions, OwnerOptions {
  readonly type: Dialect;
}

const DIALECTS = ["identity", "boundary", "trust", "resource"] as const satisfies readonly Dialect[];

export function addDocumentOptions(command: Command): Command {
  const type = new Option("--type <kind>", "which kind of policy it is").choices(DIALECTS);
  return addOwnerOptions(addOutput(command)).addOption(type.default("identity"));
}

function addOwnerOptions(command: Command): Command {
  return command
    .option("--account <id>", "the account that the documents belong to")
    .option("--partition <name>", "the partition that they belong to", "aws");
}

/** @throws CliError */
export function contextOf(options: OwnerOptions, dialect: Dialect): DocumentContext {
  const { account = "", partition } = options;
  if (account !== "" && parseAccountId(account) === undefined)
    throw new CliError(`--account "${account}" is not an account id`, "an account id has twelve digits");
  if (parsePartition(partition) === undefined)
    throw new CliError(`--partition "${partition}" is not a partition`, "such as aws, aws-cn or aws-us-gov");
  return { dialect, partition, accountId: account };
}

/** Reads documents one after the other; standard input can be only one of them. */
export class PolicyReader {
  readonly #toolbox: Toolbox;
  #isStdinRead = false;

  constructor(toolbox: Toolbox) {
    this.#toolbox = toolbox;
  }

  /** Prints notes on standard error about parts that are not understood. @throws CliError if it is not a policy of that kind */
  async read(file: string, context: DocumentContext): Promise<PolicyFile> {
    const { name, text } = await this.text(file);
    const parsed = readDocument(text, context);
    if (parsed.kind === "unreadable") {
      const { where, reason, fix } = whyUnreadable(text, parsed.reason, context);
      throw new CliError(`${name}${where}: ${reason}`, fix);
    }
    const { document } = parsed;
    const other = otherKind(document, context);
    if (other !== undefined) throw new CliError(`${name}: ${other.reason}`, other.fix);
    for (const note of notesOn(text, document, context)) await printNote(`${name}: ${note}`, this.#toolbox);
    return { name, text, document };
  }

  /** The text of the file. @throws CliError if it cannot be read */
  async text(file: string): Promise<Pick<PolicyFile, "name" | "text">> {
    const name = file === "-" ? "standard input" : file;
    const chunks = file === "-" ? this.#standardInput() : createReadStream(file);
    return { name, text: await documentText(chunks, name) };
  }

  #standardInput(): AsyncIterable<Uint8Array> {
    if (this.#isStdinRead)
      throw new CliError("standard input can be read once", "name a file for the others");
    this.#isStdinRead = true;
    return this.#toolbox.terminal.stdin;
  }
}

/** Refuses invalid bytes: if they were replaced, two different documents could become equal. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

async function documentText(chunks: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const bytes = await limitedBytes(chunks, name, "give one policy document").catch((cause: unknown) => {
    throw unreadableFile(name, cause);
  });
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new CliError(`${name} is not UTF-8 text`, "save it as UTF-8");
  }
}

/** The lenient reader only fails; the strict one knows the place and the fix. */
export function whyUnreadable(text: string, reason: string, context: DocumentContext): DocumentRefusal {
  const strict = readStrictly(text, { ...context, isManaged: false });
  const found =
    strict.kind === "unreadable"
      ? strict.finding
      : strict.findings.find(({ severity }) => severity === "error");
  if (found === undefined) return { where: "", reason, fix: null };
  return { where: `:${found.line}:${found.column}`, reason: found.reason, fix: found.fix };
}

/** Why a text is no document of its kind. */
interface DocumentRefusal {
  /** `:12:3`, or empty where it is the entire text. */
  readonly where: string;
  readonly reason: string;
  readonly fix: string | null;
}

/** In a policy of another kind, no statement would be understood. */
export function otherKind(
  { members }: NormalDocument,
  { dialect }: DocumentContext,
): DocumentRefusal | undefined {
  const faults = members.map((member) => (member.kind === "opaque" ? member.principal : null));
  if (faults.includes("unexpected"))
    return {
      where: "",
      reason: `a statement has a Principal, a policy of kind ${dialect} has none`,
      fix: "add --type trust for a role's trust, --type resource for a resource's policy",
    };
  if (faults.length > 0 && faults.every((fault) => fault === "missing"))
    return {
      where: "",
      reason: `no statement has a Principal, a policy of kind ${dialect} has one`,
      fix: "add --type identity for a role's policy",
    };
  return undefined;
}

function notesOn(text: string, { members }: NormalDocument, context: DocumentContext): readonly string[] {
  const opaque = members.flatMap((member) => {
    if (member.kind !== "opaque") return [];
    return [
      `${member.sid === null ? "a statement" : `statement ${member.sid}`} is not understood: ${member.reason}`,
    ];
  });
  const partitions = new Set(arnsIn(text).map(({ partition }) => partition));
  partitions.delete(context.partition);
  const foreign = [...partitions]
    .sort()
    .map((name) => `it names ARNs of partition ${name}, not ${context.partition}`);
  return [...opaque, ...foreign];
}
