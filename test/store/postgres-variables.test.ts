import { expect, test } from "@jest/globals";
import pg from "pg";
import { connectionOptions } from "../../src/store/postgres/server.ts";
import { serverOf } from "./postgres-engine.ts";

const OPTIONS = connectionOptions(serverOf("postgresql://grantkeeper@db.example.com:6000/record"));

/** What the driver makes of the options with an environment. */
function parametersWith(environment: NodeJS.ProcessEnv): unknown {
  const before = process.env;
  process.env = environment;
  try {
    // The pool always has that limit.
    const client = new pg.Client({ ...OPTIONS, connectionTimeoutMillis: 5_000 });
    // The driver reads a variable for this member of the parameters, and then uses that of the client.
    return { ...Reflect.get(client, "connectionParameters"), binary: Reflect.get(client, "binary") };
  } finally {
    process.env = before;
  }
}

test("no variable of the driver changes a connection", () => {
  const read: string[] = [];
  const everyVariable = new Proxy<NodeJS.ProcessEnv>(
    {},
    {
      get: (_, name) => {
        read.push(String(name));
        return "elsewhere";
      },
    },
  );

  const parameters = parametersWith(everyVariable);

  expect(parameters).toEqual(parametersWith({}));
  expect(parameters).toMatchObject({ host: "db.example.com", port: 6000, ssl: false, replication: "false" });
  expect(read.filter((name) => name !== "PGBINARY")).toEqual([]);
});
