/** A message above the content. A warning or a refusal interrupts a screen reader; the rest waits its turn. */
import type { ComponentChildren, VNode } from 'preact';
import { type IconName, Icon } from './icons.js';

export type Tone = 'info' | 'success' | 'warning' | 'danger';

export interface NoticeProps {
  readonly tone: Tone;
  readonly id?: string;
  readonly children: ComponentChildren;
}

export function Notice({ tone, id, children }: NoticeProps): VNode {
  return (
    <div class={`notice ${tone}`} id={id} role={ROLES[tone]}>
      <Icon name={ICONS[tone]} />
      <div>{children}</div>
    </div>
  );
}

const ICONS: Record<Tone, IconName> = { info: 'info', success: 'check', warning: 'alert', danger: 'alert' };
const ROLES: Record<Tone, 'alert' | 'status' | undefined> = {
  info: undefined,
  success: 'status',
  warning: undefined,
  danger: 'alert',
};
