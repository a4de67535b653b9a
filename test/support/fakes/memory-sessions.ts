import type { KnownSession, SessionStore } from "../../../src/controller/ports/browser/session-store.ts";
import type { SessionRecord } from "../../../src/model/people/session-record.ts";

/** The sessions of the page, without a disk. */
export class MemorySessions implements SessionStore {
  readonly known = new Map<string, KnownSession>();

  async add(session: SessionRecord): Promise<void> {
    this.known.set(session.hash, { session, usedMs: session.beganMs });
  }

  async find(hash: string): Promise<KnownSession | null> {
    return this.known.get(hash) ?? null;
  }

  async used(hash: string, atMs: number): Promise<void> {
    const known = this.known.get(hash);
    if (known !== undefined) this.known.set(hash, { ...known, usedMs: atMs });
  }

  async remove(hash: string): Promise<boolean> {
    return this.known.delete(hash);
  }
}
