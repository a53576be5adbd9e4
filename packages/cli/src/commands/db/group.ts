import type { Branch } from '../../program/command.js';
import { dbForward } from './forward.js';
import { dbPsql } from './psql.js';

export const dbGroup: Branch = {
  description: ['The clients log in through a database proxy with the token of the login on this computer.'],
  commands: [dbPsql, dbForward],
};
