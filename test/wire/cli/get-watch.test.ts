import { afterEach, expect, test } from "@jest/globals";
import { happen } from "../../support/kubernetes/watching.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import type { CliRun } from "../../support/screens/cli.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { record } from "../../support/screens/world-states.ts";

const api = new ApiCli();

/** A `get --watch` that goes on while the test changes the world. */
class OpenWatch {
  readonly #stop = new AbortController();
  readonly #done: Promise<CliRun>;
  #out = "";
  #look: () => void = () => undefined;

  constructor(argv: readonly string[]) {
    const out = async (text: string): Promise<void> => {
      this.#out += text;
      this.#look();
    };
    const sleep = (_: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        // The polls of a resource without a watch follow each other.
        setImmediate(() => (signal.aborted ? reject(new Error("interrupted")) : resolve()));
      });
    this.#done = api.run(
      argv,
      {},
      { signal: this.#stop.signal, terminal: { out }, clock: { nowMs: () => Date.parse(NOW), sleep } },
    );
  }

  /** What was printed since the last call, as soon as it has this. */
  async printed(pattern: RegExp): Promise<string> {
    const ended = this.#done.then(({ err }) => {
      throw new Error(`the watch has ended: ${err}`);
    });
    while (!pattern.test(this.#out))
      await Promise.race([ended, new Promise<void>((resolve) => (this.#look = resolve))]);
    ended.catch(() => undefined);
    const text = this.#out;
    this.#out = "";
    return text;
  }

  async interrupt(): Promise<CliRun> {
    this.#stop.abort();
    return this.#done;
  }
}

let open: OpenWatch | null = null;
afterEach(async () => {
  await open?.interrupt();
  open = null;
});

function watch(...argv: readonly string[]): OpenWatch {
  open = new OpenWatch(argv);
  return open;
}

/** The binding gets this state. */
async function change(sync: "OutOfSync" | "Synced"): Promise<void> {
  const server = api.server ?? (await api.start());
  const others = server.control.state.records.filter(({ key }) => key !== ORDERS_API);
  happen(server, { records: [...others, record(ORDERS_API, { sync })] });
}

test("a watch prints the list, then one row for each visible change, and ends with success when interrupted", async () => {
  await api.start();
  const watching = watch("get", "bindings", "orders/orders-api", "--watch");

  const list = await watching.printed(/^TARGET/);
  await change("Synced");
  const changed = await watching.printed(/Synced/);
  const { code, err } = await watching.interrupt();

  expect(list.trimEnd().split("\n")).toHaveLength(2);
  expect(changed).toMatch(/^orders\/orders-api@prod\/eu-west-1 +enforce +Synced .*\n$/);
  expect({ code, err }).toEqual({ code: 0, err: "" });
});

test("the row of a removed object has its name and the word removed", async () => {
  await api.start();
  const watching = watch("get", "drift", "--watch");

  await watching.printed(/^TARGET/);
  const { control } = api.server ?? (await api.start());
  happen({ control }, { views: new Map() });

  expect(await watching.printed(/removed/)).toMatch(/^orders\/orders-api@prod\/eu-west-1 +removed +\S/);
});

test("-o json prints an event in one line for each change of an object", async () => {
  await api.start();
  const watching = watch("get", "bindings", "orders/orders-api", "-w", "-o", "json");

  const first = JSON.parse(await watching.printed(/\n$/));
  await change("Synced");
  const second = JSON.parse(await watching.printed(/\n$/));

  expect([first.type, first.object.status.sync]).toEqual(["ADDED", "OutOfSync"]);
  expect([second.type, second.object.status.sync]).toEqual(["MODIFIED", "Synced"]);
});

test("a resource without a watch is listed again, and prints the same rows", async () => {
  const { control } = await api.start();
  const watching = watch("get", "suspensions", "--watch");

  await watching.printed(/^(ID|No)/);
  happen({ control }, { overview: { ...control.state.overview, suspensions: [] } });

  expect(await watching.printed(/removed/)).toMatch(/^s-\S+ +removed$/m);
});

test("a target that means nothing ends a watch with the error of a list", async () => {
  const { code, err } = await api.run(["get", "bindings", "orders/ordrs-api", "--watch"]);

  expect(code).toBe(1);
  expect(err).toContain("did you mean orders/orders-api?");
});

test("a watch with a token that is not valid ends with the reason", async () => {
  const { code, err } = await api.run(
    ["get", "bindings", "--watch"],
    {},
    { env: { GRANTKEEPER_TOKEN: "another", NO_COLOR: "1" } },
  );

  expect(code).toBe(4);
  expect(err).toContain("error: ");
});

test("--exit-code cannot be used with --watch, which ends only when interrupted", async () => {
  const { code, err } = await api.run(["get", "drift", "--watch", "--exit-code"]);

  expect(code).toBe(1);
  expect(err).toContain("cannot be used with option");
});
