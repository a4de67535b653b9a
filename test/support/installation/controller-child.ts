/** A controller as a process that can be killed: without command line and HTTP, so that it starts quickly. */
import { CLOCK, compose, type Surroundings } from "./compose.ts";
import { ACCEPTED, sinkOf } from "../record/alert-receivers.ts";
import { SILENT } from "../git/git-source.ts";

const [text = "{}"] = process.argv.slice(2);
const places = JSON.parse(text) as Pick<Surroundings, "stateDir" | "repository" | "endpoint" | "accessKey">;
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

const { controller, close } = compose(
  {},
  {
    ...places,
    clock: CLOCK,
    telemetry: { ...SILENT, error: (message, fields) => console.error(message, fields) },
    alerts: sinkOf(() => ACCEPTED),
  },
);
try {
  await controller.run(stopping.signal);
} finally {
  await close();
}
