/** Recovery codes, shown this once: to copy, to print, to write down. */
import type { VNode } from 'preact';
import { CardPage } from '../../layout.js';
import { Fill } from '../../parts/fill.js';
import { Notice } from '../../parts/notice.js';
import type { Shell } from '../../shell.js';

export interface CodesProps {
  readonly codes: readonly string[];
  readonly username: string;
  /** Whether the second factor was turned on with them, or they replace others. */
  readonly occasion: 'enabled' | 'renewed';
  readonly done: string;
}

export function recoveryCodesPage({ codes, username, occasion, done }: CodesProps, shell: Shell): VNode {
  const words = shell.strings.secondFactor.codes;
  return (
    <CardPage shell={shell} title={words.title}>
      <div class="heading">
        <h1>{words.title}</h1>
      </div>
      <Notice tone="success" id="codes-notice">
        {words[occasion]}
      </Notice>
      <p>{words.lead}</p>
      <div class="codes-sheet">
        <p class="on-paper">
          <Fill text={words.printed} values={{ user: username, product: shell.theme.productName }} />
        </p>
        <ol class="codes" id="recovery-codes" aria-label={words.list}>
          {codes.map((code) => (
            <li>
              <code>{code}</code>
            </li>
          ))}
        </ol>
      </div>
      <div class="choice" data-script hidden>
        <button type="button" class="button small" id="copy-codes" data-copy="recovery-codes" hidden>
          {words.copy}
        </button>
        <button type="button" class="button small" id="print-codes" data-print hidden>
          {words.print}
        </button>
      </div>
      <a class="button primary" id="codes-done" href={done}>
        {words.done}
      </a>
    </CardPage>
  );
}
