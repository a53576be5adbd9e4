import type { Branch } from '../../program/command.js';
import { listKeys } from './list.js';
import { rotateKeys } from './rotate.js';
import { withdrawKey } from './withdraw.js';

export const keysGroup: Branch = {
  commands: [listKeys, rotateKeys, withdrawKey],
  sections: [{ title: 'Common Commands', lines: ['$ authly admin keys list', '$ authly admin keys rotate'] }],
};
