import type { Group } from '../../program/command.js';
import { listKeys } from './list.js';
import { rotateKeys } from './rotate.js';

export const keysGroup: Group = {
  name: 'keys',
  summary: 'Manage the keys that sign tokens.',
  commands: [listKeys, rotateKeys],
  sections: [{ title: 'Common Commands', lines: ['$ authly admin keys list', '$ authly admin keys rotate'] }],
};
