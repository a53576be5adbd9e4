import type { CommonPasswords } from '../ports/common-passwords.js';

/** 49,233 passwords from leaks, unpacked when the first new password comes. */
export function createCommonPasswords(): CommonPasswords {
  let list: Promise<ReadonlySet<string>> | undefined;
  return {
    async includes(password) {
      list ??= load();
      return (await list).has(password);
    },
  };
}

async function load(): Promise<ReadonlySet<string>> {
  // As a whole: what is bundled of a CommonJS module has no names of its own.
  const { default: common } = await import('@zxcvbn-ts/language-common');
  return new Set(common.dictionary['passwords-common']);
}
