import { answerJson, HttpReceiver } from "./http-receiver.ts";

export const SLACK_TOKEN = "xoxb-1-2-test";
export const SLACK_CHANNEL = "C0123456789";

export interface SlackMessage {
  readonly ts: string;
  readonly thread: string | null;
  readonly text: string;
  readonly blocks: readonly { readonly text: { readonly text: string } }[];
  readonly isBroadcast: boolean;
}

interface Argument {
  readonly channel?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
  readonly reply_broadcast?: boolean;
  readonly text?: string;
  readonly blocks?: readonly {
    readonly type: string;
    readonly text: { readonly type: string; readonly text: string };
  }[];
}

/** The two methods of Slack's API that Grantkeeper uses, with the checks that Slack makes. */
export class SlackServer {
  readonly messages = new Map<string, SlackMessage>();
  readonly calls: string[] = [];
  /** Instead of the next answer. */
  failing: {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body: unknown;
  } | null = null;
  #count = 0;
  readonly #receiver: HttpReceiver;

  private constructor(receiver: HttpReceiver) {
    this.#receiver = receiver;
    receiver.answer = (response, { path, headers, body }) => {
      this.calls.push(path);
      if (this.failing !== null) {
        const { status = 200, headers: also = {}, body: answer } = this.failing;
        if (typeof answer === "string") return void response.writeHead(status, also).end(answer);
        return answerJson(answer, status, also)(response);
      }
      answerJson(this.#answer(path, headers.authorization ?? "", body))(response);
    };
  }

  static async start(): Promise<SlackServer> {
    return new SlackServer(await HttpReceiver.start());
  }

  get url(): string {
    return `${this.#receiver.url}/api`;
  }

  /** In the order of posting. */
  all(): readonly SlackMessage[] {
    return [...this.messages.values()];
  }

  end(): Promise<void> {
    return this.#receiver.end();
  }

  #answer(path: string, authorization: string, body: string): object {
    if (authorization !== `Bearer ${SLACK_TOKEN}`) return no("invalid_auth");
    const argument = JSON.parse(body) as Argument;
    if (argument.channel !== SLACK_CHANNEL) return no("channel_not_found");
    const wrong = problemOf(argument);
    if (wrong !== null) return no(wrong);
    if (path === "/api/chat.postMessage") return this.#post(argument);
    if (path === "/api/chat.update") return this.#update(argument);
    return no("unknown_method");
  }

  #post({ text = "", blocks = [], thread_ts, reply_broadcast: isBroadcast = false }: Argument): object {
    const thread = thread_ts ?? null;
    if (thread !== null && !this.messages.has(thread)) return no("thread_not_found");
    const ts = `1764072000.${String((this.#count += 1)).padStart(6, "0")}`;
    this.messages.set(ts, { ts, thread, text, blocks, isBroadcast });
    return { ok: true, channel: SLACK_CHANNEL, ts };
  }

  #update({ ts = "", text = "", blocks = [] }: Argument): object {
    const before = this.messages.get(ts);
    if (before === undefined) return no("message_not_found");
    this.messages.set(ts, { ...before, text, blocks });
    return { ok: true, channel: SLACK_CHANNEL, ts };
  }
}

function no(error: string): object {
  return { ok: false, error };
}

/** Slack's limits, and that no text mentions people or is a link. */
function problemOf({ text = "", blocks = [] }: Argument): string | null {
  if (text === "") return "no_text";
  if (blocks.length > 50) return "invalid_blocks";
  const texts = blocks.map((block) => block.text.text);
  if (texts.some((one) => one.length > 3_000 || one === "")) return "invalid_blocks";
  if (texts.join("").length > 13_000) return "msg_blocks_too_long";
  if ([text, ...texts].some((one) => /[<>]/.test(one) || /&(?!amp;|lt;|gt;)/.test(one))) return "not_escaped";
  return null;
}
