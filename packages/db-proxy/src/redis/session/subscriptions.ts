type Kind = 'subscribe' | 'psubscribe' | 'ssubscribe';

/** What nobody needs at once; each costs memory here and on the server. */
const MOST = 10_000;

/** The channels and patterns that a client listens to, as it named them. */
export class Subscriptions {
  private readonly names: Readonly<Record<Kind, Set<string>>> = {
    subscribe: new Set(),
    psubscribe: new Set(),
    ssubscribe: new Set(),
  };

  get count(): number {
    return this.names.subscribe.size + this.names.psubscribe.size + this.names.ssubscribe.size;
  }

  hasRoomFor(more: number): boolean {
    return this.count + more <= MOST;
  }

  /** Answers how many confirmations the server will send. */
  change(command: string, wanted: readonly string[]): number {
    const isLeaving = command.includes('un');
    const known = this.names[command.replace('un', '') as Kind];
    // Without names all are left, and each is confirmed; if there is none, that is confirmed, too.
    const confirmations = wanted.length > 0 ? wanted.length : Math.max(1, known.size);
    if (isLeaving && wanted.length === 0) known.clear();
    for (const name of wanted) {
      if (isLeaving) known.delete(name);
      else known.add(name);
    }
    return confirmations;
  }

  clear(): void {
    for (const known of Object.values(this.names)) known.clear();
  }
}
