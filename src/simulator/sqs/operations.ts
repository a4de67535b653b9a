import { createHash } from "node:crypto";
import { SQS_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import { type Call, type Input, type Operation, SimulatedError, own } from "../contract.ts";
import type { QueuedMessage, Queues, QueueState } from "./state.ts";

const MOST_MESSAGES = 10;
const MAX_BODY_BYTES = 1_048_576;

const sendMessage: Operation<Queues> = (queues, input, call) => {
  const queue = queueOf(queues, input, call);
  const body = String(input["MessageBody"]);
  if (body === "" || Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw refused(
      "InvalidParameterValue",
      `One or more parameters are invalid. Reason: Message must be between 1 and ${MAX_BODY_BYTES} bytes.`,
    );
  const id = call.newId("");
  queue.messages.push({ id, body, sentMs: call.nowMs, receiveCount: 0, receipt: null, hiddenUntilMs: 0 });
  return { MessageId: id, MD5OfMessageBody: md5(body) };
};

/** Does not wait for messages: see BEHAVIOUR.md. */
const receiveMessage: Operation<Queues> = (queues, input, call) => {
  const queue = queueOf(queues, input, call);
  const most = Number(input["MaxNumberOfMessages"] ?? 1);
  const waitSeconds = Number(input["WaitTimeSeconds"] ?? 0);
  if (!(most >= 1 && most <= MOST_MESSAGES))
    throw outOfRange(most, "MaxNumberOfMessages", `Must be between 1 and ${MOST_MESSAGES}, if provided`);
  if (!(waitSeconds >= 0 && waitSeconds <= 20))
    throw outOfRange(waitSeconds, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided");
  const visible = queue.messages.filter(({ hiddenUntilMs }) => hiddenUntilMs <= call.nowMs).slice(0, most);
  if (visible.length === 0) return {};
  const names = input["MessageSystemAttributeNames"] ?? [];
  const wanted = new Set(names as readonly string[]);
  return {
    Messages: visible.map((message) => ({
      ...received(message, queue, call),
      ...attributesOf(message, wanted),
    })),
  };
};

function received(message: QueuedMessage, queue: QueueState, call: Call) {
  const { id, body } = message;
  message.receiveCount += 1;
  message.receipt = Buffer.from(`${id} ${message.receiveCount}`).toString("base64");
  message.hiddenUntilMs = call.nowMs + queue.visibilityTimeoutSeconds * 1_000;
  return { MessageId: id, ReceiptHandle: message.receipt, Body: body, MD5OfBody: md5(body) };
}

function attributesOf({ sentMs, receiveCount }: QueuedMessage, wanted: ReadonlySet<string>) {
  const all = { SentTimestamp: String(sentMs), ApproximateReceiveCount: String(receiveCount) };
  const Attributes = Object.fromEntries(
    Object.entries(all).filter(([name]) => wanted.has(name) || wanted.has("All")),
  );
  return wanted.size === 0 ? {} : { Attributes };
}

/** An earlier receipt than the last one deletes nothing, and is no error, as for a standard queue. */
const deleteMessageBatch: Operation<Queues> = (queues, input, call) => {
  const queue = queueOf(queues, input, call);
  const entries = input["Entries"] as readonly { readonly Id: string; readonly ReceiptHandle: string }[];
  if (entries.length === 0) throw refused("EmptyBatchRequest", "There should be at least one entry.");
  if (entries.length > MOST_MESSAGES)
    throw refused(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MOST_MESSAGES}. You have sent ${entries.length}.`,
    );
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw refused("BatchEntryIdsNotDistinct", "Ids are repeated.");
  for (const { ReceiptHandle } of entries) {
    const at = queue.messages.findIndex(({ receipt }) => receipt === ReceiptHandle);
    if (at >= 0) queue.messages.splice(at, 1);
  }
  return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
};

const getQueueAttributes: Operation<Queues> = (queues, input, call) => {
  const { name, policy, messages, visibilityTimeoutSeconds } = queueOf(queues, input, call);
  const waiting = messages.filter(({ hiddenUntilMs }) => hiddenUntilMs <= call.nowMs).length;
  const all: Readonly<Record<string, string | null>> = {
    QueueArn: `arn:${call.partition}:sqs:${call.region}:${call.accountId}:${name}`,
    ApproximateNumberOfMessages: String(waiting),
    ApproximateNumberOfMessagesNotVisible: String(messages.length - waiting),
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    Policy: policy,
  };
  const names = (input["AttributeNames"] as readonly string[] | undefined) ?? [];
  const attributes = Object.entries(all).filter(
    ([attribute, value]) => value !== null && (names.includes("All") || names.includes(attribute)),
  );
  return attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) };
};

/** `https://HOST/ACCOUNT/NAME`: only the path counts. A queue of another account is never found. */
function queueOf(queues: Queues, input: Input, { accountId, region }: Call): QueueState {
  const [, account, name = ""] = URL.parse(String(input["QueueUrl"]))?.pathname.split("/") ?? [];
  const found = account === accountId ? own(queues[region] ?? {}, name) : undefined;
  if (found !== undefined) return found;
  throw refused("QueueDoesNotExist", "The specified queue does not exist.");
}

function outOfRange(value: number, member: string, reason: string): SimulatedError {
  return refused(
    "InvalidParameterValue",
    `Value ${value} for parameter ${member} is invalid. Reason: ${reason}.`,
  );
}

function refused(code: string, message: string): SimulatedError {
  return new SimulatedError(code, message, 400);
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export const sqsOperations: Readonly<Record<string, Operation<Queues>>> = bounded(
  SQS_BOUNDS,
  {
    DeleteMessageBatch: deleteMessageBatch,
    GetQueueAttributes: getQueueAttributes,
    ReceiveMessage: receiveMessage,
    SendMessage: sendMessage,
  },
  "InvalidParameterValue",
);
