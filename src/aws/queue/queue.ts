import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import type { QueueAddress } from "../../model/aws/queue-url.ts";
import type { Clients } from "../requests/clients.ts";
import { UNLIMITED } from "../requests/rate-limits.ts";
import { sendCommand, type SdkCommand } from "../requests/send.ts";

/** A message that was received and not deleted yet. */
export interface QueueMessage {
  /** The same each time it is delivered. */
  readonly id: string;
  readonly sentMs: number;
  /** How often it was received by now, about. */
  readonly receiveCount: number;
  readonly body: string;
  readonly receipt: string;
}

interface QueueAttributes {
  /** Messages that no reader has received yet; about. */
  readonly waiting: number;
  /** The resource policy; null: it has none. */
  readonly policy: string | null;
}

/** The longest wait, and the largest batch, that SQS has. */
const WAIT_SECONDS = 20;
const BATCH = 10;

/** One queue of SQS, read with the credentials of the process. Every method throws the errors of the SDK. */
export class Queue {
  readonly address: QueueAddress;
  readonly #clients: Clients;

  constructor(address: QueueAddress, clients: Clients) {
    this.address = address;
    this.#clients = clients;
  }

  /** Waits for messages up to 20 seconds. A message that is not deleted is delivered again. */
  async receive(signal: AbortSignal): Promise<readonly QueueMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.address.url,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
    });
    const { Messages = [] } = await this.#send(command, signal);
    return Messages.flatMap(({ MessageId: id = "", Body: body = "", ReceiptHandle: receipt, Attributes }) => {
      const sentMs = Number(Attributes?.SentTimestamp ?? 0);
      const receiveCount = Number(Attributes?.ApproximateReceiveCount ?? 1);
      return receipt === undefined ? [] : [{ id, sentMs, receiveCount, body, receipt }];
    });
  }

  /** Messages that SQS does not delete are delivered again. */
  async remove(messages: readonly Pick<QueueMessage, "receipt">[], signal: AbortSignal): Promise<void> {
    const entries = messages.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }));
    await this.#send(new DeleteMessageBatchCommand({ QueueUrl: this.address.url, Entries: entries }), signal);
  }

  async state(signal: AbortSignal): Promise<QueueAttributes> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.address.url,
      AttributeNames: ["ApproximateNumberOfMessages", "Policy"],
    });
    const { Attributes = {} } = await this.#send(command, signal);
    return {
      waiting: Number(Attributes["ApproximateNumberOfMessages"] ?? 0),
      policy: Attributes["Policy"] ?? null,
    };
  }

  async #send<Output>(command: SdkCommand<Output>, signal: AbortSignal): Promise<Output> {
    const { partition, region, endpoint } = this.address;
    const client = await this.#clients.sqs(partition, { region, endpoint });
    const { attemptMs } = this.#clients;
    try {
      return await sendCommand(command, { client, rateLimit: UNLIMITED, write: null, attemptMs }, signal);
    } catch (cause) {
      if (!signal.aborted) this.#clients.forgetBase(partition);
      throw cause;
    }
  }
}
