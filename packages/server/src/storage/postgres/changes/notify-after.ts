/** The same store, telling after each of these methods that something changed. */
export function notifyAfter<T extends object>(
  store: T,
  methods: readonly (keyof T & string)[],
  announce: () => void,
): T {
  const changed = { ...store };
  for (const name of methods) {
    const method = store[name] as (...parameters: unknown[]) => Promise<unknown>;
    Object.assign(changed, {
      [name]: async (...parameters: unknown[]) => {
        try {
          return await method(...parameters);
        } finally {
          announce();
        }
      },
    });
  }
  return changed;
}
