import { unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { createReadStream } from "node:fs";
import { exportLines } from "../../audit/export-lines.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { compareTexts } from "../../iam/compare/comparer.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { parseAccountId, parsePartition } from "../../model/aws/ids.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { otherKind, whyUnreadable } from "./policy-files.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

/** Answers are printed together, because a write for each would take longer than the comparison. */
const PRINTED_TOGETHER = 500;

/** A longer line is an error line, so that one without an end doesn't fill the memory. */
const MAX_LINE_BYTES = 16_777_216;

/** One answer for each line of the file, in order; the answer to an invalid line is an error. */
export async function compareLines(file: string, { terminal, signal }: Toolbox): Promise<void> {
  let answers: string[] = [];
  const print = async (): Promise<void> => {
    if (answers.length > 0) await terminal.out(`${answers.join("\n")}\n`);
    answers = [];
  };
  try {
    const chunks = file === "-" ? terminal.stdin : createReadStream(file);
    for await (const line of exportLines(chunks, MAX_LINE_BYTES)) {
      answers.push(answerTo(line));
      if (answers.length >= PRINTED_TOGETHER) await print();
      if (signal.aborted) return;
    }
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
  await print();
}

function answerTo(line: string): string {
  const pair = readPair(line);
  if (typeof pair === "string") return JSON.stringify({ error: pair });
  const { a, b, context } = pair;
  const compared = compareTexts(a, b, context);
  if (compared.kind === "unreadable") {
    const { which } = compared;
    const { where, reason } = whyUnreadable(which === "a" ? a : b, compared.reason, context);
    return JSON.stringify({ error: `${which}${where}: ${reason}` });
  }
  const other = kindError("a", a, context) ?? kindError("b", b, context);
  return other === undefined ? `{"tier":"${compared.tier}"}` : JSON.stringify({ error: other });
}

/** Only a text that looks wrong is read again. */
function kindError(which: string, text: string, context: DocumentContext): string | undefined {
  const hasPrincipal = context.dialect === "trust" || context.dialect === "resource";
  if (text.includes("Principal") === hasPrincipal) return undefined;
  const parsed = readDocument(text, context);
  const other = parsed.kind === "parsed" ? otherKind(parsed.document, context) : undefined;
  return other && `${which}: ${other.reason}`;
}

/** The pair, or why the line is invalid. */
function readPair(
  line: string,
): { readonly a: string; readonly b: string; readonly context: DocumentContext } | string {
  const value = parsedJson(line);
  if (!isObject(value)) return "the line is not a JSON object";
  const { a, b, type } = value;
  // Programs write null for what they don't have.
  const [account, partition] = [value["account"] ?? "", value["partition"] ?? "aws"];
  if (typeof a !== "string" || typeof b !== "string") return "a and b are documents as strings";
  if (type !== "identity" && type !== "trust" && type !== "resource" && type !== "boundary")
    return "type is identity, boundary, trust or resource";
  if (typeof account !== "string" || (account !== "" && parseAccountId(account) === undefined))
    return "account is an id of twelve digits";
  if (typeof partition !== "string" || parsePartition(partition) === undefined)
    return "partition is a name such as aws or aws-cn";
  return { a, b, context: { dialect: type, partition, accountId: account } };
}
