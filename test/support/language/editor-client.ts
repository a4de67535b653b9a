import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type Hover,
  type Location,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
} from "vscode-languageserver/node";

const PROGRAM = fileURLToPath(new URL("../../../bin/grantkeeper.mjs", import.meta.url));

/** An editor that starts the language server as a process, and speaks its protocol over the standard streams. */
export class EditorClient {
  readonly process: ChildProcessWithoutNullStreams;
  readonly errors: Promise<string>;
  readonly ended: Promise<unknown>;
  readonly #connection: ProtocolConnection;
  readonly #shown: PublishDiagnosticsParams[] = [];
  #wake: () => void = () => undefined;

  constructor(root: string, args: readonly string[] = ["--stdio"]) {
    this.process = spawn(process.execPath, [PROGRAM, "language-server", ...args], { cwd: root });
    this.errors = text(this.process.stderr);
    this.ended = once(this.process, "exit").then(([code]: unknown[]) => code);
    this.#connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout),
      new StreamMessageWriter(this.process.stdin),
    );
    this.#connection.onNotification("textDocument/publishDiagnostics", (shown: PublishDiagnosticsParams) => {
      this.#shown.push(shown);
      this.#wake();
    });
    this.#connection.listen();
  }

  async initialize(root: string): Promise<unknown> {
    const uri = pathToFileURL(root).href;
    const answer: unknown = await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "permissions" }],
      capabilities: { workspace: { workspaceEdit: { documentChanges: true } } },
    });
    await this.#connection.sendNotification("initialized", {});
    return answer;
  }

  changeFolders(change: { readonly added?: string; readonly removed?: string }): Promise<void> {
    const folders = (folder?: string): readonly object[] =>
      folder === undefined ? [] : [{ uri: pathToFileURL(folder).href, name: "permissions" }];
    return this.#connection.sendNotification("workspace/didChangeWorkspaceFolders", {
      event: { added: folders(change.added), removed: folders(change.removed) },
    });
  }

  open(uri: string, content: string): Promise<void> {
    const textDocument = { uri, languageId: "yaml", version: 1, text: content };
    return this.#connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  change(uri: string, version: number, contentChanges: readonly object[]): Promise<void> {
    const textDocument = { uri, version };
    return this.#connection.sendNotification("textDocument/didChange", { textDocument, contentChanges });
  }

  close(uri: string): Promise<void> {
    return this.#connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  }

  hover(uri: string, position: Range["start"]): Promise<Hover | null> {
    return this.#connection.sendRequest("textDocument/hover", { textDocument: { uri }, position });
  }

  definition(uri: string, position: Range["start"]): Promise<Location | null> {
    return this.#connection.sendRequest("textDocument/definition", { textDocument: { uri }, position });
  }

  codeActions(uri: string, range: Range): Promise<readonly CodeAction[] | null> {
    const context = { diagnostics: [] };
    return this.#connection.sendRequest("textDocument/codeAction", { textDocument: { uri }, range, context });
  }

  /** The next problems of the document, as they are sent. */
  async problems(uri: string): Promise<PublishDiagnosticsParams> {
    for (;;) {
      const at = this.#shown.findIndex((shown) => shown.uri === uri);
      const [found] = at < 0 ? [] : this.#shown.splice(at, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** What was sent of the document, and not taken yet. */
  shownOf(uri: string): readonly PublishDiagnosticsParams[] {
    return this.#shown.filter((shown) => shown.uri === uri);
  }

  /** @returns the exit code */
  async end(): Promise<unknown> {
    await this.#connection.sendRequest("shutdown");
    await this.#connection.sendNotification("exit");
    const code = await this.ended;
    this.#connection.dispose();
    return code;
  }

  kill(): void {
    this.#connection.dispose();
    this.process.kill("SIGKILL");
  }
}
