/** The face of an app or a person: a picture that this server delivers, otherwise the first letter of the name. */
import type { VNode } from 'preact';
import { ownImage } from '../safe-url.js';

export function AppTile({ name, logoUri }: { name: string; logoUri?: string }): VNode {
  const logo = ownImage(logoUri);
  if (logo === undefined) {
    return <Initial name={name} />;
  }
  return <img class="tile" src={logo} alt="" width="48" height="48" />;
}

export function Initial({ name, round = false }: { name: string; round?: boolean }): VNode {
  return (
    <span class={round ? 'tile round' : 'tile'} aria-hidden="true">
      {firstLetter(name)}
    </span>
  );
}

function firstLetter(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toLocaleUpperCase() ?? '·';
}
