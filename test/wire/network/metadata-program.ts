/**
 * Runs in a network of its own: what doctor shows of a process whose credentials are those of a task of ECS, a pod of EKS or
 * an instance, with an endpoint at its real address that behaves as the second argument asks. Its output is one line of JSON.
 */
import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import { CredentialPlaces, instanceMetadata, metadataKeys } from "../../support/network/credential-places.ts";

interface Place {
  readonly address: string;
  readonly env: (places: CredentialPlaces) => Readonly<Record<string, string>>;
  readonly granted: (request: IncomingMessage) => { readonly status?: number; readonly body: string };
}

const PLACES: Readonly<Record<string, Place>> = {
  task: {
    address: "169.254.170.2",
    // As the agent of ECS sets it.
    env: () => ({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/0b1c" }),
    granted: () => ({ body: metadataKeys("TASK") }),
  },
  pod: {
    address: "169.254.170.23",
    env: (places) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: places.file("pod-token", "pod"),
    }),
    granted: ({ headers }) => ({ body: metadataKeys(`POD-${headers.authorization}`) }),
  },
  instance: {
    address: "169.254.169.254",
    env: () => ({}),
    granted: instanceMetadata(() => metadataKeys("INSTANCE")),
  },
};

/** What an endpoint answers that grants nothing; null: nothing listens there. */
const ANSWERS: Readonly<Record<string, { readonly status: number; readonly body: string } | null>> = {
  refused: { status: 404, body: '{"code":"InvalidIdInRequest","message":"no task with this id"}' },
  garbage: { status: 200, body: "<html>" },
  closed: null,
  "without-route": null,
};

const [name = "", behaviour = ""] = process.argv.slice(2);
const place = PLACES[name];
if (place === undefined) throw new Error(`no such place: ${name}`);
execFileSync("ip", ["link", "set", "lo", "up"]);
if (behaviour !== "without-route") execFileSync("ip", ["address", "add", `${place.address}/32`, "dev", "lo"]);
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  const { status = 200, body } = ANSWERS[behaviour] ?? place.granted(request);
  response.writeHead(status).end(body);
});
if (ANSWERS[behaviour] !== null)
  await new Promise<void>((listening) => server.listen(80, place.address, listening));
const places = await CredentialPlaces.start();
await places.begin();
places.set(place.env(places));
const check = await places.baseCheck();
await places.end();
await places.network.stop();
server.close();
process.stdout.write(`${JSON.stringify({ check, asked })}\n`);
