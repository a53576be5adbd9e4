import { wholeTree } from '../../src/command-tree.js';

/** Every command, declared in full. */
export const commandTree = await wholeTree();
