/** What an app will be able to do, one human sentence a permission. */
import type { VNode } from 'preact';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';
import { Icon } from './icons.js';

export interface ScopeView {
  readonly name: string;
  readonly sentence: string;
}

/** The sentence of a scope: the catalogue's for a well-known one, otherwise its stored description, otherwise its name. */
export function scopeView(name: string, description: string | undefined, strings: Strings): ScopeView {
  const known = Object.hasOwn(strings.scopes, name) ? strings.scopes[name] : undefined;
  return { name, sentence: known ?? (description || name) };
}

export function Permissions({ scopes, shell, id }: { scopes: readonly ScopeView[]; shell: Shell; id: string }): VNode {
  const words = shell.strings.consent;
  const listed = scopes.length === 0 ? [{ name: 'openid', sentence: words.identityOnly }] : scopes;
  return (
    <section aria-labelledby={id}>
      <h2 class="legend" id={id}>
        {words.permissions}
      </h2>
      <ul class="permissions">
        {listed.map((scope) => (
          <li data-scope={scope.name}>
            <Icon name="check" />
            <span>{scope.sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
