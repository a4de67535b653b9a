import { execFileSync } from "node:child_process";

/** The system calls that the lines SystemCallFilter of a unit allow, by the groups of this machine's systemd. */
export function allowedCalls(unit: string): readonly string[] {
  const allowed = new Set<string>();
  for (const [, not, words = ""] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    const calls = words.split(" ").flatMap(callsOf);
    for (const call of calls) {
      if (not === "~") allowed.delete(call);
      else allowed.add(call);
    }
  }
  return [...allowed].toSorted();
}

/** A group contains calls and groups. */
function callsOf(name: string): readonly string[] {
  if (!name.startsWith("@")) return [name];
  const text = execFileSync("systemd-analyze", ["syscall-filter", name], { encoding: "utf8" });
  const members = text
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
  return members.filter((member) => member !== "" && !member.startsWith("#")).flatMap(callsOf);
}
