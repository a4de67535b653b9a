/**
 * `node bin/launch.mjs bench/alerts.ts [changes]` measures the time from an out-of-band change until the alert about it arrives,
 * with one change of another role each second. Grantkeeper has its default budgets; to create the roles takes about a second
 * each.
 */
import { startController } from "./installation.ts";
import { measureLife } from "./pass.ts";
import { measureAlerts } from "./peers/alert-latency.ts";
import { startReceiver } from "./peers/receiver.ts";
import { addAdministrator } from "./peers/replay.ts";
import { openWatched, sendEvents } from "./peers/watched.ts";

const changes = Number(process.argv[2] ?? 100);
const receiver = await startReceiver();
const surroundings = await openWatched(changes, receiver);
try {
  const administrator = await addAdministrator(surroundings.endpoint);
  await sendEvents(surroundings);
  const controller = await startController(surroundings, "state");
  try {
    process.stderr.write("converge\n");
    await measureLife(changes, surroundings, controller);
    process.stderr.write("changes\n");
    process.stdout.write(`${JSON.stringify(await measureAlerts(administrator, changes, receiver))}\n`);
  } finally {
    await controller.stop();
  }
} finally {
  await surroundings.close();
  receiver.close();
}
