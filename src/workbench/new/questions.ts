import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

/** What a manifest needs, from a flag or from an answer. */
interface NeededValue {
  readonly flag: string;
  readonly question: string;
  /** Taken for an empty answer; null: an answer is required. */
  readonly proposal: string | null;
}

/** Asks for what no flag gives. Without a terminal, proposals count, and what has none is an error. */
export class Interview {
  readonly #toolbox: Toolbox;
  readonly #lines: AsyncIterator<string>;

  constructor(toolbox: Toolbox) {
    this.#toolbox = toolbox;
    this.#lines = linesOf(toolbox.terminal.stdin);
  }

  /** @throws CliError without an answer */
  async text(given: string | undefined, { flag, question, proposal }: NeededValue): Promise<string> {
    if (given !== undefined) return given;
    const { terminal } = this.#toolbox;
    const missing = new CliError(`${flag} is required`, `add ${flag}, or answer the questions in a terminal`);
    if (!terminal.isTerminal) {
      if (proposal === null) throw missing;
      return proposal;
    }
    const shown = proposal === null ? "" : ` [${proposal}]`;
    await terminal.err(`${question}${shown}: `);
    const line = await this.#lines.next();
    const answer = line.done === true ? "" : line.value.trim();
    if (answer === "" && proposal === null) throw missing;
    return answer === "" ? String(proposal) : answer;
  }

  /** Several values, separated by commas in an answer. @throws CliError without an answer */
  async list(given: readonly string[] | undefined, question: NeededValue): Promise<readonly string[]> {
    const text = given?.join(",") ?? (await this.text(undefined, question));
    return text
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
