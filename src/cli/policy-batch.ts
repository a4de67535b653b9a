import { createReadStream } from "node:fs";
import { exportLines } from "../audit/export-lines.ts";
import type { DocumentContext } from "../iam/document.ts";
import { compareTexts } from "../iam/equivalence.ts";
import { isObject } from "../iam/text.ts";
import { parseAccountId, parsePartition } from "../model/ids.ts";
import { fileError } from "./policy-files.ts";
import type { Toolbox } from "./toolbox.ts";

/** Answers are printed together, so that a write is not the dearest part of a comparison. */
const PRINTED_TOGETHER = 500;

/** One answer for each line of the file, in its order; a line that is no pair is an error line. */
export async function compareLines(file: string, { terminal }: Toolbox): Promise<void> {
  let answers: string[] = [];
  const print = async (): Promise<void> => {
    if (answers.length > 0) await terminal.out(`${answers.join("\n")}\n`);
    answers = [];
  };
  try {
    for await (const line of exportLines(file === "-" ? terminal.stdin : createReadStream(file))) {
      answers.push(answerTo(line));
      if (answers.length >= PRINTED_TOGETHER) await print();
    }
  } catch (cause) {
    throw fileError(file, cause);
  }
  await print();
}

function answerTo(line: string): string {
  const pair = readPair(line);
  if (typeof pair === "string") return JSON.stringify({ error: pair });
  const compared = compareTexts(pair.a, pair.b, pair.context);
  if (compared.kind === "unreadable")
    return JSON.stringify({ error: `${compared.which}: ${compared.reason}` });
  return `{"tier":"${compared.tier}"}`;
}

interface Pair {
  readonly a: string;
  readonly b: string;
  readonly context: DocumentContext;
}

/** The pair, or why it is none. */
function readPair(line: string): Pair | string {
  const value = parseJson(line);
  if (!isObject(value)) return "the line is not a JSON object";
  const { a, b, type, account = "", partition = "aws" } = value;
  if (typeof a !== "string" || typeof b !== "string") return "a and b are documents as strings";
  if (type !== "identity" && type !== "trust" && type !== "resource" && type !== "boundary")
    return "type is identity, boundary, trust or resource";
  if (typeof account !== "string" || (account !== "" && parseAccountId(account) === undefined))
    return "account is an id of twelve digits";
  if (typeof partition !== "string" || parsePartition(partition) === undefined)
    return "partition is a name such as aws or aws-cn";
  return { a, b, context: { dialect: type, partition, accountId: account } };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
