import { type Command, type Group, isGroup } from '../program/command.js';
import type { Path } from '../program/help.js';

/** A command with the words that lead to it. */
export interface Placed<Node extends Command | Group = Command | Group> {
  readonly node: Node;
  readonly path: Path;
}

/** Every command and group below and including a node, parents first. */
export function walk(node: Command | Group, path: Path = [node.name]): readonly Placed[] {
  return [
    { node, path },
    ...(isGroup(node) ? node.commands.flatMap((child) => walk(child, [...path, child.name])) : []),
  ];
}

/** Every command, without the groups. */
export function leaves(root: Group): readonly Placed<Command>[] {
  return walk(root).flatMap(({ node, path }) => (isGroup(node) ? [] : [{ node, path }]));
}
