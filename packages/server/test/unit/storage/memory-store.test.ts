import { createMemoryStore } from '../../../src/storage/memory/store.ts';
import { describeStore } from '../../storage/contract.ts';

describeStore('the store in memory', async () => ({ stores: [createMemoryStore()], close: async () => undefined }));
