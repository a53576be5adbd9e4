import { commandTree } from '../../packages/cli/src/command-tree.ts';
import { manPage } from '../../packages/cli/src/reference/man.ts';
import { markdownReference } from '../../packages/cli/src/reference/markdown.ts';

/** The page and the manual page about every command, from the tree that the parser reads. */
export function files(): Record<string, string> {
  return {
    'docs/reference/cli.md': markdownReference(commandTree),
    'packages/cli/man/authly.1': manPage(commandTree),
  };
}
