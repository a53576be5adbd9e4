/** Puts elements into a text of the catalogue, wherever its language wants them. */
import type { ComponentChildren, VNode } from 'preact';

export function Fill({ text, values }: { text: string; values: Record<string, ComponentChildren> }): VNode {
  const pieces = text.split(/\{(\w+)\}/);
  // split() with one group alternates: text, name, text, name, …
  return <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : values[piece]))}</>;
}
