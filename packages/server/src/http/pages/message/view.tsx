/** One thing to say, and at most one way to go on. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { type IconName, Icon } from '../parts/icons.js';
import { safeUrl } from '../safe-url.js';
import type { Shell } from '../shell.js';

export interface MessageProps {
  readonly title: string;
  readonly message: string;
  readonly tone?: 'neutral' | 'success' | 'warning';
  readonly link?: { readonly href: string; readonly label: string };
}

export function messagePage({ title, message, tone = 'neutral', link }: MessageProps, shell: Shell): VNode {
  const href = safeUrl(link?.href);
  return (
    <CardPage shell={shell} title={title}>
      <div class="stack">
        <span class={`seal ${tone}`}>
          <Icon name={ICONS[tone]} />
        </span>
        <div class="heading">
          <h1>{title}</h1>
          <p class="lead">{message}</p>
        </div>
      </div>
      {href !== undefined && (
        <a class="button plain" id="message-link" href={href}>
          {link?.label}
        </a>
      )}
    </CardPage>
  );
}

const ICONS: Record<'neutral' | 'success' | 'warning', IconName> = {
  neutral: 'info',
  success: 'check',
  warning: 'alert',
};
