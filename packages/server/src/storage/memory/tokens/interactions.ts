import type { InteractionStore } from '../../../ports/store/interactions.js';
import type { Tables } from '../tables.js';

export function interactions(tables: Tables): InteractionStore {
  const all = tables.interactions;
  return {
    add: async (interaction) => {
      all.set(interaction.idHash, interaction);
    },
    find: async (idHash) => all.get(idHash),
    bind: async (idHash, browserHash) => {
      const interaction = all.get(idHash);
      if (interaction === undefined || (interaction.browserHash ?? browserHash) !== browserHash) return false;
      all.set(idHash, { ...interaction, browserHash });
      return true;
    },
    complete: async (idHash, now) => {
      const interaction = all.get(idHash);
      if (interaction === undefined || interaction.completedAt !== undefined || interaction.expiresAt <= now)
        return false;
      all.set(idHash, { ...interaction, completedAt: now });
      return true;
    },
  };
}
