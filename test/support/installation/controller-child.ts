/** A controller as a process that can be killed: without command line and HTTP, so that it starts quickly. */
import { CLOCK, compose, type Surroundings } from "./compose.ts";
import { ACCEPTED, sinkOf } from "../record/alert-receivers.ts";
import { SILENT } from "../git/git-source.ts";
import { readChanges } from "./change-events.ts";

const [text = "{}"] = process.argv.slice(2);
/** The argument of the program. */
interface ChildPlaces extends Pick<Surroundings, "stateDir" | "repository" | "endpoint" | "accessKey"> {
  /** Whether it reads the queue of the change events of prod. */
  readonly readsEvents: boolean;
}

const places = JSON.parse(text) as ChildPlaces;
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
const stopReading = places.readsEvents ? readChanges(controller.changes, places) : async () => undefined;
try {
  await controller.run(stopping.signal);
} finally {
  await stopReading();
  await close();
}
