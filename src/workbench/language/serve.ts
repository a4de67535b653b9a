import { createConnection } from "vscode-languageserver";
// The same function of this entrance ends the process by itself.
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import { Editor } from "./editor.ts";
import type { EditorSettings } from "./projects.ts";
import { standardStreams } from "./streams.ts";

/** Answers one editor over the standard streams, until it asks for the end or is gone. */
export async function serveEditor(settings: EditorSettings): Promise<ExitCode> {
  const { terminal, signal } = settings.toolbox;
  const { input, output } = standardStreams(terminal);
  const ended = Promise.withResolvers<undefined>();
  const end = (): void => ended.resolve(undefined);
  const watchDog = {
    shutdownReceived: false,
    // The end of standard input shows that the editor is gone.
    initialize: () => undefined,
    exit: end,
  };
  const connection = createConnection(
    (logger) =>
      createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output), logger),
    watchDog,
  );
  const editor = new Editor(connection, settings);
  for (const event of ["end", "close", "error"]) input.once(event, end);
  signal.addEventListener("abort", end, { once: true });
  connection.listen();
  await ended.promise;
  signal.removeEventListener("abort", end);
  await editor.stop();
  connection.dispose();
  input.destroy();
  // An editor that ends without `shutdown` has failed; a signal is the wish of a person.
  return watchDog.shutdownReceived || signal.aborted ? 0 : 1;
}
