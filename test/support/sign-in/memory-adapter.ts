import type { Adapter, AdapterPayload } from "oidc-provider";

/** What one provider keeps, without a database and without a timer. */
export class ProviderMemory {
  readonly #stored = new Map<string, AdapterPayload>();

  readonly adapter = (model: string): Adapter => {
    const stored = this.#stored;
    const place = (id: string): string => `${model}:${id}`;
    const withField = (field: "uid" | "userCode", value: string): AdapterPayload | undefined =>
      [...stored].find(([key, payload]) => key.startsWith(`${model}:`) && payload[field] === value)?.[1];
    return {
      upsert: async (id, payload) => {
        stored.set(place(id), payload);
      },
      find: async (id) => stored.get(place(id)),
      findByUid: async (uid) => withField("uid", uid),
      findByUserCode: async (code) => withField("userCode", code),
      consume: async (id) => {
        const payload = stored.get(place(id));
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1_000);
      },
      destroy: async (id) => {
        stored.delete(place(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of stored) if (payload.grantId === grantId) stored.delete(key);
      },
    };
  };
}
