/** A new key, shown once and first of all: whoever made it must not have to look for it. */
import type { VNode } from 'preact';
import type { SectionContext } from '../section.js';

export interface CreatedKey {
  readonly name: string;
  readonly secret: string;
}

export function NewKey({ created, context }: { created: CreatedKey; context: SectionContext }): VNode {
  const words = context.shell.strings.account.keys;
  return (
    <section class="new-key" aria-labelledby="new-key-heading">
      <h2 id="new-key-heading">{words.createdHeading(created.name)}</h2>
      <p>{words.createdLead}</p>
      <div class="copy">
        <input
          type="text"
          readOnly
          class="mono"
          id="new-api-key"
          aria-label={words.keyLabel(created.name)}
          value={created.secret}
          autocomplete="off"
          spellcheck={false}
        />
        <button type="button" class="button small" data-copy="new-api-key" hidden>
          {words.copy}
        </button>
      </div>
    </section>
  );
}
