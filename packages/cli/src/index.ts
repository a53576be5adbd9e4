/** What the documentation is generated from; nobody else imports the command as a module. */
export { wholeTree } from './command-tree.js';
export { manPage } from './reference/man.js';
export { markdownReference } from './reference/markdown.js';
