import { codesOf, type ErrorClass } from "../../src/model/aws/errors/error-codes.ts";
import { code, table } from "./fields.ts";

/** What each class means and what Grantkeeper does; complete by the compiler. */
const CLASSES = {
  throttled: [
    "AWS is too busy, or the request did not arrive",
    "sends less; tries again after 1 s, then 2 s, up to 5 min. A write without an answer is never repeated blindly: Grantkeeper reads first",
  ],
  busy: ["another change of the same object is under way", "tries again for 1 min, then every 5 min"],
  "new-principal": [
    "the call, or the policy that it changes, names a principal that does not exist or is too new",
    "tries again for 2 min, then every 5 min and when the policy changes; names deleted principals in the policy",
  ],
  "new-trust": [
    "Lambda does not see the role's new trust or permissions yet",
    "tries again for 5 min, then every 5 min",
  ],
  changed: [
    "the object is not as the plan saw it",
    "reads again and plans again, for 10 min; then `Stalled`, and every 5 min",
  ],
  rejected: [
    "AWS rejects the input of the call; every code that is not in this table also counts as rejected",
    "`Stalled`; tries again when Git or the object in AWS changes, and every hour",
  ],
  quota: [
    "a quota of AWS is reached",
    "`Stalled` with the reason `QuotaExceeded`; tries again as after `rejected`",
  ],
  unmodifiable: [
    "AWS lets no one but the service of a service-linked role change it",
    "`Stalled` with the reason `UnmodifiableRole`; tries again as after `rejected`",
  ],
  key: [
    "a key of KMS cannot be used",
    "of a function: as `rejected`; of a queue: names the permission, and reads it again",
  ],
  "no-queue": ["a configured queue does not exist", "names the setting, and reads it again"],
  denied: [
    "a policy does not allow the call",
    "names the action and the policy; tries again after 30 s, up to every 5 min",
  ],
  session: [
    "AWS does not accept the credentials",
    "opens a new session and tries once more; then after 30 s, up to every 5 min",
  ],
  clock: [
    "the clock of the machine is wrong",
    "corrects its requests by AWS's clock and tries once more; then after 30 s, up to every 5 min",
  ],
  "region-off": ["the account has not enabled the region", "shows the region as off; probes it"],
  "wrong-endpoint": [
    "the endpoint of another service or region answered",
    "names [the settings to correct](networks.md#endpoints); tries again after 30 s, up to every 5 min",
  ],
} as const satisfies Record<ErrorClass, readonly [means: string, does: string]>;

export function errorsTable(): string {
  const rows = Object.entries(CLASSES).map(([name, [means, does]]) => [code(name), means, does]);
  const lists = Object.keys(CLASSES).map((name) => `- ${code(name)}: ${codes(name as ErrorClass)}`);
  return `${table(["Class", "What it means", "What Grantkeeper does"], rows)}\n\n${lists.join("\n")}`;
}

function codes(name: ErrorClass): string {
  const texts = codesOf(name).map(({ code: text, contains }) =>
    contains === "" ? code(text) : `${code(text)} with "${contains}"`,
  );
  return texts.join(", ");
}
