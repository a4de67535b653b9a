/** A controller as a process that can be killed: without command line and HTTP, so that it starts quickly. */
import { CLOCK, compose, type Surroundings } from "./compose.ts";
import { ACCEPTED, sinkOf } from "../record/alert-receivers.ts";
import { SILENT } from "../git/git-source.ts";
import { readChanges } from "./change-events.ts";
import { operate } from "./operator.ts";

const [text = "{}"] = process.argv.slice(2);
/** The argument of the program. */
interface ChildPlaces extends Pick<Surroundings, "stateDir" | "repository" | "endpoint" | "accessKey"> {
  /** Whether it reads the queue of the change events of prod. */
  readonly readsEvents: boolean;
  /** An operator who looks and approves in this process, and how far its clock is ahead; missing: there is none. */
  readonly operator?: { readonly clockAheadMs: number };
}

const places = JSON.parse(text) as ChildPlaces;
const { operator } = places;
const clock = { ...CLOCK, nowMs: () => CLOCK.nowMs() + (operator?.clockAheadMs ?? 0) };
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

const { controller, close } = compose(
  {},
  {
    ...places,
    clock,
    telemetry: { ...SILENT, error: (message, fields) => console.error(message, fields) },
    alerts: sinkOf(() => ACCEPTED),
  },
);
const stopReading = places.readsEvents ? readChanges(controller.changes, places) : async () => undefined;
const operated = operator === undefined ? Promise.resolve() : operate(controller.control, stopping.signal);
try {
  await controller.run(stopping.signal);
} finally {
  await stopReading();
  await operated;
  await close();
}
